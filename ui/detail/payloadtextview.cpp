#include "ui/detail/payloadtextview.h"

#include "ui/common/numbers.h"
#include "ui/common/widgets.h"
#include "ui/detail/findingwords.h"

#include <QButtonGroup>
#include <QPlainTextEdit>
#include <QTextBlock>

namespace framescope {

PayloadTextView::PayloadTextView(QWidget* parent)
    : QWidget(parent)
    , m_pretty(chipButton(tr("Pretty")))
    , m_raw(chipButton(tr("Raw")))
    , m_notice(secondaryLabel())
    , m_rest(linkButton(QString()))
    , m_text(new QPlainTextEdit)
{
    auto* forms = new QButtonGroup(this);
    for (QPushButton* button : {m_pretty, m_raw}) {
        button->setCheckable(true);
        forms->addButton(button);
    }
    m_pretty->setChecked(true);
    m_pretty->setToolTip(tr("With line breaks and indents"));
    m_raw->setToolTip(tr("As it came"));
    connect(m_pretty, &QPushButton::toggled, this, &PayloadTextView::setPretty);
    connect(m_rest, &QPushButton::clicked, this, &PayloadTextView::showRest);

    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setUndoRedoEnabled(false);
    m_text->setWordWrapMode(QTextOption::WrapAnywhere);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setAccessibleName(tr("Payload as text"));
    m_text->document()->setDocumentMargin(0);

    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_pretty);
    row->addWidget(m_raw);
    row->addStretch();
    row->addWidget(m_notice);
    row->addWidget(m_rest);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 8, 10, 6);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(m_text, 1);

    const auto applyTheme = [this] {
        m_text->setFont(Theme::instance().fixedFont());
        rebuild();
    };
    applyTheme();
    connect(&Theme::instance(), &Theme::changed, this, applyTheme);
}

void PayloadTextView::setFrame(const Frame& frame)
{
    m_frame = frame;
    m_showsRest = false;
    rebuild();
}

void PayloadTextView::showRest()
{
    m_showsRest = true;
    rebuild();
}

void PayloadTextView::setPretty(bool isPretty)
{
    m_isPretty = isPretty;
    rebuild();
}

QString PayloadTextView::shownText() const
{
    return m_text->toPlainText();
}

QString PayloadTextView::notice() const
{
    return m_notice->text();
}

void PayloadTextView::rebuild()
{
    const bool isText = (m_frame.head.flags & FrameFlag::JsonPayload) != 0 || m_frame.head.opcode == Opcode::Text;
    m_pretty->setEnabled(isText && !m_frame.payload.isEmpty());
    m_raw->setEnabled(m_pretty->isEnabled());
    m_text->setExtraSelections({});
    m_rest->hide();
    m_notice->clear();
    if (m_frame.payload.isEmpty()) {
        m_text->setPlainText(missingPayloadSentence(m_frame));
        return;
    }
    if (!isText) {
        m_text->setPlainText(tr("This frame is binary. The tabs Decoded and Bytes show it."));
        return;
    }
    const QByteArrayView shown = cutAtCharacter(m_frame.payload, m_showsRest ? mostBytes : firstBytes);
    std::vector<ByteRange> ranges;
    for (const Finding& finding : m_frame.findings) {
        const bool fits = quint64(finding.range.offset) + finding.range.length <= quint64(shown.size());
        ranges.push_back(fits ? finding.range : ByteRange{});
    }
    MarkedBytes bytes{shown.toByteArray(), textRanges(ranges)};
    if (m_isPretty)
        bytes = prettyJson(shown, bytes.marks);
    const MarkedText text = visibleUtf8(bytes.text, bytes.marks);
    m_text->setPlainText(text.text);
    mark(text.marks);
    showNotice(shown.size());
}

void PayloadTextView::showNotice(qsizetype shownBytes)
{
    const qsizetype left = m_frame.payload.size() - shownBytes;
    if (left <= 0)
        return;
    const auto kib = [](qsizetype bytes) { return countText(quint64((bytes + 1023) / 1024)); };
    m_notice->setText(tr("First %1 of %2 KiB").arg(kib(shownBytes), kib(m_frame.payload.size())));
    if (m_showsRest) {
        m_notice->setText(m_notice->text() + tr("; Bytes has the rest"));
        return;
    }
    const qsizetype offered = std::min(m_frame.payload.size(), mostBytes) - shownBytes;
    m_rest->setText(offered == left ? tr("Show the rest (%1 KiB)").arg(kib(left))
                                    : tr("Show %1 KiB more").arg(kib(offered)));
    m_rest->show();
}

void PayloadTextView::mark(const std::vector<TextRange>& marks)
{
    QList<QTextEdit::ExtraSelection> selections;
    const qsizetype whole = m_text->document()->characterCount() - 1;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        // A finding about the whole message would tint everything and so point at nothing.
        const qsizetype begin = marks[i].begin;
        const qsizetype end = std::min(marks[i].end, whole);
        if (end <= begin || (begin == 0 && end >= whole))
            continue;
        const Severity severity = m_frame.findings[i].severity;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(m_text->document());
        selection.cursor.setPosition(int(begin));
        selection.cursor.setPosition(int(end), QTextCursor::KeepAnchor);
        selection.format.setBackground(Theme::instance().color(severityTint(severity)));
        selection.format.setForeground(Theme::instance().color(severityToken(severity)));
        selections += selection;
    }
    m_text->setExtraSelections(selections);
    QTextCursor cursor(m_text->document());
    cursor.setPosition(selections.isEmpty() ? 0 : selections.front().cursor.selectionStart());
    m_text->setTextCursor(cursor);
    m_text->ensureCursorVisible();
}

} // namespace framescope
