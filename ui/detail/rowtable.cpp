#include "ui/detail/rowtable.h"

#include "ui/common/theme.h"
#include "ui/detail/findingwords.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

namespace framescope {

void setUpRowTable(QTableView* table)
{
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setWordWrap(false);
    table->setCornerButtonEnabled(false);
    table->setTabKeyNavigation(false); // Tab goes to the next pane, the arrows move in the table
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setMinimumSectionSize(1);
    const auto applyTheme = [table] { table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight()); };
    applyTheme();
    QObject::connect(&Theme::instance(), &Theme::changed, table, applyTheme);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

RowDelegate::RowDelegate(int severityRole, Look look, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_severityRole(severityRole)
    , m_look(look)
{
}

Severity RowDelegate::severityOf(const QModelIndex& index) const
{
    const QVariant value = index.data(m_severityRole);
    return value.isValid() ? Severity(value.toInt()) : Severity::Note;
}

void RowDelegate::paintGround(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Severity severity = severityOf(index);
    if ((option.state & QStyle::State_Selected) != 0)
        painter->fillRect(option.rect, Theme::instance().color(Token::Selection));
    else if (m_isTinted && severity != Severity::Note)
        painter->fillRect(option.rect, Theme::instance().color(severityTint(severity)));
}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    constexpr int air = 8; // as in the header
    const Theme& theme = Theme::instance();
    const Severity severity = severityOf(index);
    const bool isSelected = (option.state & QStyle::State_Selected) != 0;
    Token colour = m_look == Look::Plain ? Token::Text : Token::SecondaryText;
    if (m_look == Look::Severity)
        colour = severityToken(severity);
    else if (isSelected)
        colour = Token::SelectionText;
    paintGround(painter, option, index);
    const QRect box = option.rect.adjusted(air, 0, -air, 0);
    const QVariant alignment = index.data(Qt::TextAlignmentRole);
    painter->setFont(m_look == Look::Fixed ? theme.fixedFont() : theme.interfaceFont());
    painter->setPen(theme.color(colour));
    const QString text = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, box.width());
    painter->drawText(box, alignment.isValid() ? alignment.toInt() : int(Qt::AlignLeft | Qt::AlignVCenter), text);
}

} // namespace framescope
