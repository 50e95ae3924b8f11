#include "ui/frames/commentdialog.h"

#include "core/frame/framemarks.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/widgets.h"

#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace framescope {

CommentDialog::CommentDialog(quint64 number, const QString& earlier, QWidget* parent)
    : QDialog(parent)
    , m_text(new QPlainTextEdit(this))
    , m_add(primaryButton(tr("&Add comment"), this))
    , m_room(std::min(FrameMarks::commentLimit, FrameMarks::commentsLimit - earlier.toUtf8().size() - 2))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Comment on frame %1").arg(countText(number)));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 14);
    if (!earlier.isEmpty()) {
        auto* before = new QPlainTextEdit(visibleText(earlier, true), this);
        before->setReadOnly(true);
        before->setAccessibleName(tr("Comments so far"));
        before->setMaximumHeight(120);
        column->addWidget(secondaryLabel(tr("So far"), this));
        column->addWidget(before);
    }
    setKind(m_text, "field");
    m_text->setAccessibleName(tr("Comment"));
    m_text->setPlaceholderText(tr("What is to be said about this frame"));
    m_text->setTabChangesFocus(true);
    m_text->setMinimumSize(420, 110);
    m_text->installEventFilter(this);
    column->addWidget(m_text, 1);
    QLabel* note =
        secondaryLabel(tr("It goes into the audit log with the mark, and stays there. Ctrl+Enter adds it."), this);
    note->setWordWrap(true);
    column->addWidget(note);
    auto* cancel = new QPushButton(tr("&Cancel"), this);
    cancel->setAutoDefault(false);
    auto* row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(cancel);
    row->addWidget(m_add);
    column->addLayout(row);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_add, &QPushButton::clicked, this, &CommentDialog::add);
    connect(m_text, &QPlainTextEdit::textChanged, this, &CommentDialog::adjust);
    m_text->setFocus();
    adjust();
}

void CommentDialog::adjust()
{
    const QString text = m_text->toPlainText();
    const bool isTooLong = text.toUtf8().size() > m_room;
    m_add->setEnabled(!text.trimmed().isEmpty() && !isTooLong);
    m_add->setToolTip(isTooLong ? tr("At most %1 bytes").arg(countText(quint64(std::max<qsizetype>(m_room, 0))))
                                : QString());
}

void CommentDialog::add()
{
    if (!m_add->isEnabled())
        return;
    Q_EMIT written(m_text->toPlainText());
    accept();
}

bool CommentDialog::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (isEnter && key->modifiers().testFlag(Qt::ControlModifier)) {
            add();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace framescope
