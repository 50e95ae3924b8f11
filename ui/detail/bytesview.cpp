#include "ui/detail/bytesview.h"

#include "ui/detail/findingwords.h"

#include <QClipboard>
#include <QFontMetrics>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>

namespace framescope {

namespace {

constexpr int margin = 12;
constexpr int offsetDigits = 6;
constexpr qsizetype copyLimitBytes = 64 * 1024;

QChar asciiOf(char byte)
{
    return byte >= 0x20 && byte < 0x7F ? QLatin1Char(byte) : QChar(u'·');
}

QString hexOf(char byte)
{
    return QStringLiteral("%1").arg(uint(static_cast<unsigned char>(byte)), 2, 16, QLatin1Char('0'));
}

} // namespace

BytesView::BytesView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Bytes of the frame"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        measure();
        viewport()->update();
    });
}

void BytesView::setFrame(const Frame& frame)
{
    m_payload = frame.payload;
    m_findings = frame.findings;
    m_notice = frame.payload.isEmpty() ? missingPayloadSentence(frame) : QString();
    if (m_payload.isEmpty() && m_notice.isEmpty())
        m_notice = tr("The message is empty.");
    measure();
    verticalScrollBar()->setValue(0);
    revealFirstMark();
    viewport()->update();
}

QString BytesView::dump(qsizetype from, qsizetype to) const
{
    QString text;
    to = std::min(to, m_payload.size());
    for (qsizetype line = from / m_bytesPerLine * m_bytesPerLine; line < to; line += m_bytesPerLine) {
        QString hex;
        QString ascii;
        for (qsizetype i = line; i < line + m_bytesPerLine; ++i) {
            const bool isShown = i < m_payload.size();
            hex += isShown ? hexOf(m_payload[i]) : QStringLiteral("  ");
            hex += QLatin1Char(' ');
            if (isShown)
                ascii += asciiOf(m_payload[i]);
        }
        text += QStringLiteral("%1  %2 %3\n").arg(line, offsetDigits, 16, QLatin1Char('0')).arg(hex, ascii);
    }
    return text;
}

void BytesView::copy() const
{
    for (const Finding& finding : m_findings) {
        const qsizetype end = qsizetype(finding.range.offset) + qsizetype(finding.range.length);
        if (!finding.range.isNull() && end <= m_payload.size() && qsizetype(finding.range.length) < m_payload.size()) {
            QGuiApplication::clipboard()->setText(
                dump(finding.range.offset, std::min(end, finding.range.offset + copyLimitBytes)));
            return;
        }
    }
    QGuiApplication::clipboard()->setText(dump(0, copyLimitBytes));
}

void BytesView::measure()
{
    const QFontMetrics metrics(Theme::instance().fixedFont());
    m_charWidth = std::max(1, metrics.horizontalAdvance(QLatin1Char('0')));
    m_lineHeight = metrics.height() + 3;
    // Sixteen bytes a line where they fit, else eight: offset, gap, three places a byte, gap, one place a byte.
    const int room = (viewport()->width() - 2 * margin) / m_charWidth;
    m_bytesPerLine = room >= offsetDigits + 2 + 16 * 3 + 2 + 16 ? 16 : 8;
    const int visibleLines = std::max(1, (viewport()->height() - margin) / m_lineHeight);
    verticalScrollBar()->setPageStep(visibleLines);
    verticalScrollBar()->setRange(0, int(std::max<qsizetype>(0, lineCount() - visibleLines)));
}

void BytesView::revealFirstMark()
{
    for (const Finding& finding : m_findings) {
        if (finding.range.isNull() || finding.range.offset == 0)
            continue;
        const int line = int(finding.range.offset) / m_bytesPerLine;
        if (line >= verticalScrollBar()->pageStep())
            verticalScrollBar()->setValue(line - verticalScrollBar()->pageStep() / 3);
        return;
    }
}

void BytesView::paintEvent(QPaintEvent* event)
{
    const Theme& theme = Theme::instance();
    QPainter painter(viewport());
    painter.fillRect(event->rect(), theme.color(Token::Panel));
    if (!m_notice.isEmpty()) {
        painter.setFont(theme.interfaceFont());
        painter.setPen(theme.color(Token::SecondaryText));
        painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin),
                         Qt::AlignLeft | Qt::TextWordWrap, m_notice);
        return;
    }
    painter.setFont(theme.fixedFont());
    qsizetype line = verticalScrollBar()->value();
    for (int top = margin / 2; top < viewport()->height() && line < lineCount(); top += m_lineHeight, ++line)
        paintLine(painter, line, top);
}

void BytesView::paintLine(QPainter& painter, qsizetype line, int top) const
{
    const Theme& theme = Theme::instance();
    const qsizetype begin = line * m_bytesPerLine;
    const qsizetype end = std::min<qsizetype>(begin + m_bytesPerLine, m_payload.size());
    paintMarks(painter, begin, end, top);
    const int baseline = top + QFontMetrics(painter.font()).ascent() + 1;
    painter.setPen(theme.color(Token::SecondaryText));
    painter.drawText(margin, baseline, QStringLiteral("%1").arg(begin, offsetDigits, 16, QLatin1Char('0')));
    painter.setPen(theme.color(Token::Text));
    QString ascii;
    for (qsizetype i = begin; i < end; ++i) {
        painter.drawText(hexLeft(i - begin), baseline, hexOf(m_payload[i]));
        ascii += asciiOf(m_payload[i]);
    }
    painter.setPen(theme.color(Token::SecondaryText));
    painter.drawText(asciiLeft(0), baseline, ascii);
}

void BytesView::paintMarks(QPainter& painter, qsizetype begin, qsizetype end, int top) const
{
    for (const Finding& finding : m_findings) {
        const qsizetype from = std::max<qsizetype>(begin, finding.range.offset);
        const qsizetype to =
            std::min<qsizetype>(end, qsizetype(finding.range.offset) + qsizetype(finding.range.length));
        if (from >= to || qsizetype(finding.range.length) >= m_payload.size())
            continue;
        const QColor tint = Theme::instance().color(severityTint(finding.severity));
        const int hex = hexLeft(from - begin);
        painter.fillRect(hex - 2, top, hexLeft(to - 1 - begin) + 2 * m_charWidth + 2 - hex + 2, m_lineHeight, tint);
        painter.fillRect(asciiLeft(from - begin), top, asciiLeft(to - begin) - asciiLeft(from - begin), m_lineHeight,
                         tint);
        // The tint is doubled by a line under the bytes, for eyes that do not tell it from the panel.
        painter.fillRect(hex, top + m_lineHeight - 1, hexLeft(to - 1 - begin) + 2 * m_charWidth - hex, 1,
                         Theme::instance().color(severityToken(finding.severity)));
    }
}

int BytesView::hexLeft(qsizetype column) const
{
    return margin + (offsetDigits + 2 + int(column) * 3) * m_charWidth;
}

int BytesView::asciiLeft(qsizetype column) const
{
    return hexLeft(m_bytesPerLine) + (1 + int(column)) * m_charWidth;
}

qsizetype BytesView::lineCount() const
{
    return (m_payload.size() + m_bytesPerLine - 1) / m_bytesPerLine;
}

void BytesView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    measure();
}

void BytesView::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy))
        copy();
    else if (event->key() == Qt::Key_Home)
        bar->setValue(bar->minimum());
    else if (event->key() == Qt::Key_End)
        bar->setValue(bar->maximum());
    else
        QAbstractScrollArea::keyPressEvent(event);
}

} // namespace framescope
