#pragma once
/// Asks what is to be said about a frame. What was said before is shown and stays: comments add up. Not modal; deletes
/// itself. Thread: gui.
#include <QDialog>

class QPlainTextEdit;
class QPushButton;

namespace framescope {

class CommentDialog : public QDialog
{
    Q_OBJECT

public:
    CommentDialog(quint64 number, const QString& earlier, QWidget* parent = nullptr);

Q_SIGNALS:
    void written(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void add();
    void adjust();

    QPlainTextEdit* m_text;
    QPushButton* m_add;
    const qsizetype m_room; ///< bytes that may be added
};

} // namespace framescope
