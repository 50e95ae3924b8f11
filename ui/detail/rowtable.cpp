#include "ui/detail/rowtable.h"

#include "ui/common/theme.h"
#include "ui/detail/findingwords.h"

#include <QHeaderView>
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

void RowDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const Theme& theme = Theme::instance();
    option->state &= ~QStyle::State_HasFocus; // the selected row shows where the focus is
    option->textElideMode = Qt::ElideRight;
    const QVariant value = index.data(m_severityRole);
    const Severity severity = value.isValid() ? Severity(value.toInt()) : Severity::Note;
    Token colour = m_look == Look::Plain ? Token::Text : Token::SecondaryText;
    if (m_look == Look::Fixed)
        option->font = theme.fixedFont();
    if (m_look == Look::Severity)
        colour = severityToken(severity);
    if (m_isTinted && severity != Severity::Note && !(option->state & QStyle::State_Selected))
        option->backgroundBrush = theme.color(severityTint(severity));
    option->palette.setColor(QPalette::Text, theme.color(colour));
}

} // namespace framescope
