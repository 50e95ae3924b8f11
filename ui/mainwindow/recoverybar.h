#pragma once
/// Offers the sessions that were interrupted, one at a time, in a strip: what each holds, and what can be done with it.
/// Nothing modal, but for the question before one is discarded. Thread: gui.
#include "core/session/recovery.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace framescope {

class RecoveryBar : public QFrame
{
    Q_OBJECT

public:
    explicit RecoveryBar(QWidget* parent = nullptr);

    /// Looks in @p folder, in the background; shows itself when there is something to offer.
    void lookIn(const QString& folder);
    [[nodiscard]] std::size_t offered() const { return m_sessions.size(); }

Q_SIGNALS:
    /// Looked through: how many there are.
    void looked(int count);
    /// It is one file again, and may be opened.
    void recovered(const QString& path);
    void failed(const framescope::Error& error);
    void notice(const QString& words);

private:
    void showFirst();
    void setBusy(bool isBusy);
    void open(bool asCopy);
    void askToDiscard();
    void discard();
    void done();

    std::vector<InterruptedSession> m_sessions; ///< the first is the one that is shown
    QLabel* m_title;
    QLabel* m_what;
    QList<QPushButton*> m_buttons;
    QPushButton* m_later;
};

} // namespace framescope
