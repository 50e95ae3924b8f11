#pragma once
/// A quiet strip above the session that says what is wrong with the stream or the file, and what to do. Nothing modal.
/// Thread: gui.
#include "core/base/error.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace framescope {

class NoticeBanner : public QFrame
{
    Q_OBJECT

public:
    explicit NoticeBanner(QWidget* parent = nullptr);

    void showError(const Error& error);
    void showWords(const QString& words, const QString& nextStep);
    /// Whether "Reconnect now" is offered.
    void offerReconnect(bool offered);
    void clear();

Q_SIGNALS:
    void reconnectRequested();

private:
    QLabel* m_words;
    QLabel* m_nextStep;
    QPushButton* m_reconnect;
};

} // namespace framescope
