#include "ui/frames/framedelegate.h"

#include "ui/common/numbers.h"
#include "ui/frames/framewords.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

namespace framescope {

namespace {
constexpr int padding = 8;
constexpr int gutter = 10; ///< left of the number: room for the sign of a mark
constexpr int textCacheSize = 2'000;
} // namespace

struct FrameDelegate::Cell
{
    const FrameTableModel* model = nullptr;
    FrameCache::Row row;
    QRect rect;
    int rowNumber = 0;
    FrameTableModel::Column column = FrameTableModel::Number;
    bool selected = false;
    bool focused = false;

    [[nodiscard]] const FrameHead* head() const { return row.head(); }
    [[nodiscard]] QRect place() const { return rect.adjusted(padding, 0, -padding, 0); }
    [[nodiscard]] QColor color(Token token) const
    {
        const bool plain = token == Token::Text || token == Token::SecondaryText;
        return Theme::instance().color(selected && plain ? Token::SelectionText : token);
    }
};

FrameDelegate::FrameDelegate(QObject* parent)
    : QStyledItemDelegate(parent)
    , m_figures(Theme::instance().tabularFont())
    , m_font(Theme::instance().interfaceFont())
    , m_fixed(Theme::instance().fixedFont())
    , m_fixedAdvance(std::max(1, QFontMetrics(m_fixed).horizontalAdvance(QLatin1Char('0'))))
    , m_texts(textCacheSize)
{
}

void FrameDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    Cell cell;
    cell.model = static_cast<const FrameTableModel*>(index.model());
    cell.row = cell.model->rowAt(index.row());
    cell.rect = option.rect;
    cell.rowNumber = index.row();
    cell.column = FrameTableModel::Column(index.column());
    cell.selected = option.state.testFlag(QStyle::State_Selected);
    // The focus of the row, at its left edge, whichever of its cells was clicked.
    const auto* view = qobject_cast<const QTableView*>(option.widget);
    cell.focused = view && view->hasFocus() && view->currentIndex().row() == index.row() &&
                   view->horizontalHeader()->visualIndex(index.column()) == 0;
    paintGround(*painter, cell);
    paintCell(*painter, cell);
}

void FrameDelegate::paintGround(QPainter& painter, const Cell& cell) const
{
    Token ground = cell.rowNumber % 2 == 0 ? Token::Panel : Token::AlternateRow;
    if (cell.selected)
        ground = Token::Selection;
    else if (cell.head() && cell.head()->verdict == Verdict::Refused)
        ground = Token::RefusedTint;
    else if (cell.head() && cell.head()->verdict == Verdict::Warned)
        ground = Token::WarningTint;
    painter.fillRect(cell.rect, Theme::instance().color(ground));
    if (cell.focused)
        painter.fillRect(QRect(cell.rect.left(), cell.rect.top(), 2, cell.rect.height()),
                         Theme::instance().color(Token::Accent));
    if (cell.column == FrameTableModel::Number && cell.model->isMarked(cell.model->numberOfRow(cell.rowNumber)))
        paintMark(painter, cell);
}

/// A small filled lozenge, as on the button that sets it.
void FrameDelegate::paintMark(QPainter& painter, const Cell& cell) const
{
    constexpr qreal half = 3.5;
    const QPointF middle(cell.rect.left() + 9.5, cell.rect.center().y() + 0.5);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::instance().color(Token::Accent));
    painter.drawPolygon(QPolygonF{middle - QPointF(0, half), middle + QPointF(half, 0), middle + QPointF(0, half),
                                  middle - QPointF(half, 0)});
    painter.restore();
}

void FrameDelegate::paintCell(QPainter& painter, const Cell& cell) const
{
    using Model = FrameTableModel;
    const FrameHead* head = cell.head();
    const QRect place = cell.place();
    const auto pen = [&](Token token) { painter.setPen(cell.color(token)); };
    if (cell.column == Model::Number) {
        pen(Token::Text);
        m_figures.drawRight(painter, place, countText(cell.model->numberOfRow(cell.rowNumber)));
        return;
    }
    if (!head) {
        pen(Token::SecondaryText);
        if (cell.column == Model::Type)
            drawRepeated(painter, place, Model::tr("loading …"));
        return;
    }
    const FrameBatch& batch = *cell.row.batch;
    const std::size_t i = cell.row.index;
    pen(Token::SecondaryText);
    switch (cell.column) {
    case Model::Time:
        pen(Token::Text);
        return drawFixed(painter, place, utcTimeText(head->wallNs));
    case Model::Delta:
        if (const auto delta = cell.model->deltaNs(cell.row))
            m_figures.drawRight(painter, place, deltaText(*delta));
        return;
    case Model::Arrow:
        return drawRepeated(painter, cell.rect.adjusted(3, 0, -1, 0), arrowText(head->direction));
    case Model::Type:
        if (head->type != unknownType)
            pen(Token::Text);
        return drawRepeated(painter, place, shortTypeText(batch, i));
    case Model::Subject:
        return drawRepeated(painter, place, subjectText(batch, i));
    case Model::Id:
        return drawFixed(painter, place, idText(batch, i));
    case Model::Size:
        pen(Token::Text);
        return m_figures.drawRight(painter, place, countText(head->sizeBytes));
    case Model::Checksum:
        if (head->checksum != ChecksumState::NotDeclared)
            pen(head->checksum == ChecksumState::Verified ? Token::Accepted : Token::Refused);
        return drawRepeated(painter, place, checksumText(head->checksum));
    case Model::Verdict:
        pen(head->verdict == Verdict::Refused  ? Token::Refused
            : head->verdict == Verdict::Warned ? Token::Warning
                                               : Token::Accepted);
        return drawRepeated(painter, place, verdictText(batch, i));
    case Model::Parse:
        return m_figures.drawRight(painter, place, parseText(*head));
    case Model::EndToEnd:
        return m_figures.drawRight(painter, place, endToEndText(*head));
    case Model::Preview:
        return drawFixed(painter, place, previewText(batch, i));
    default:
        return;
    }
}

void FrameDelegate::drawRepeated(QPainter& painter, const QRect& place, const QString& text) const
{
    if (text.isEmpty() || place.width() <= 0)
        return;
    const QString key = QString::number(place.width()) + QLatin1Char(':') + text;
    QStaticText* laidOut = m_texts.object(key);
    if (!laidOut) {
        laidOut = new QStaticText(QFontMetrics(m_font).elidedText(text, Qt::ElideRight, place.width()));
        laidOut->setTextFormat(Qt::PlainText);
        laidOut->setPerformanceHint(QStaticText::AggressiveCaching);
        laidOut->prepare({}, m_font);
        m_texts.insert(key, laidOut);
    }
    painter.setFont(m_font);
    const qreal top = place.top() + (place.height() - laidOut->size().height()) / 2;
    painter.drawStaticText(QPointF(place.left(), top), *laidOut);
}

void FrameDelegate::drawFixed(QPainter& painter, const QRect& place, const QString& text) const
{
    // One character, one advance: eliding needs no measuring. Wider ones (CJK) are clipped by the cell.
    const qsizetype room = place.width() / m_fixedAdvance;
    if (room <= 1)
        return;
    painter.setFont(m_fixed);
    const QString shown = text.size() <= room ? text : text.left(room - 1) + QChar(0x2026);
    painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, shown);
}

int FrameDelegate::numberWidth(quint64 number) const
{
    return QFontMetrics(m_font).horizontalAdvance(countText(number)) + 2 * padding + gutter;
}

int FrameDelegate::usualWidth(FrameTableModel::Column column) const
{
    using Model = FrameTableModel;
    const QFontMetrics metrics(m_font);
    const auto wide = [&](const QString& text) { return metrics.horizontalAdvance(text) + 2 * padding; };
    switch (column) {
    case Model::Time:
        return 12 * m_fixedAdvance + 2 * padding + 2;
    case Model::Delta:
        return wide(deltaText(88'880'000));
    case Model::Arrow:
        return metrics.horizontalAdvance(arrowText(Direction::In)) + 8;
    case Model::Type:
        return wide(QStringLiteral("interaction.update")) + 4;
    case Model::Subject:
        return wide(QStringLiteral("Billing · Español")) + 6;
    case Model::Id:
        return 36 * m_fixedAdvance + 2 * padding;
    case Model::Size:
        return wide(countText(888'888));
    case Model::Checksum:
        return wide(checksumText(ChecksumState::NotDeclared)) + 2;
    case Model::Verdict:
        return std::max(wide(QStringLiteral("! 1 warning")), wide(QStringLiteral("✓ accepted")));
    case Model::Parse:
        return wide(durationText(8'880'000)) + 6;
    case Model::EndToEnd:
        return wide(QStringLiteral("−8,888 ms")) + 6;
    default:
        return 64; // the preview takes what is left, so that a narrow window needs no horizontal bar
    }
}

} // namespace framescope
