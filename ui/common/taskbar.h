#pragma once
/// A row under the window's other rows for something that takes a while: what happens in words, how far it is, a button
/// that cancels it; afterwards how it ended, and a button that hides the row. The base of those for exports, imports
/// and verifying.
///
/// Thread: gui.
#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;

namespace framescope {

class TaskBar : public QFrame
{
    Q_OBJECT

public:
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void cancelRequested();

protected:
    /// @p copyText: of a button beside the result, see copy(); empty: none.
    TaskBar(const QString& progressName, const QString& copyText, QWidget* parent);

    void showRunning(const QString& words);
    /// @p all 0: not known.
    void showProgress(quint64 done, quint64 all, const QString& words);
    /// @p kind colours the words: "", "secondary", "refused".
    void showEnded(const QString& words, const char* kind, bool offersCopy);
    [[nodiscard]] QLabel* label() const { return m_text; }
    [[nodiscard]] QPushButton* copy() const { return m_copy; }

private:
    QLabel* m_text;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QPushButton* m_copy;
    QPushButton* m_dismiss;
};

} // namespace framescope
