#include "ui/detail/decodeddelegate.h"

#include "ui/common/theme.h"
#include "ui/detail/decodedmodel.h"
#include "ui/detail/findingwords.h"

namespace framescope {

QSize DecodedDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return {QStyledItemDelegate::sizeHint(option, index).width(), Theme::instance().rowHeight()};
}

void DecodedDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const Theme& theme = Theme::instance();
    const bool isType = index.column() == DecodedModel::TypeColumn;
    option->font = isType ? theme.interfaceFont() : theme.fixedFont();
    option->textElideMode = Qt::ElideRight;
    Token colour = index.column() == DecodedModel::ValueColumn ? Token::Text : Token::SecondaryText;
    const QVariant severity = index.data(DecodedModel::SeverityRole);
    if (severity.isValid()) {
        colour = severityToken(Severity(severity.toInt()));
        option->backgroundBrush = theme.color(severityTint(Severity(severity.toInt())));
    }
    option->palette.setColor(QPalette::Text, theme.color(colour));
}

} // namespace framescope
