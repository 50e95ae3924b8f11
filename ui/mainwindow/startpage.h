#pragma once
/// What a person sees first: three ways to begin, and the sessions that were open lately.
/// Thread: gui.
#include <QWidget>

class QVBoxLayout;

namespace framescope {

class WindowActions;

class StartPage : public QWidget
{
    Q_OBJECT

public:
    explicit StartPage(WindowActions* actions, QWidget* parent = nullptr);

    void showRecent(const QStringList& paths);

Q_SIGNALS:
    void sessionChosen(const QString& path);

private:
    QVBoxLayout* m_recent;
    QWidget* m_recentSheet;
};

} // namespace framescope
