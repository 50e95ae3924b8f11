#include "ui/shapes/shapedelegate.h"

#include "ui/common/tabulartext.h"
#include "ui/common/theme.h"
#include "ui/shapes/shapepathsmodel.h"

#include <QPainter>

namespace framescope {

namespace {
constexpr int barWidth = 48;
constexpr int barHeight = 6;
constexpr int air = 8;
} // namespace

ShapeDelegate::ShapeDelegate(QObject* parent)
    : RowDelegate(ShapePathsModel::SeverityRole, Look::Plain, parent)
{
    setTinted(true);
}

void ShapeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (index.column() == ShapePathsModel::PresenceColumn)
        paintPresence(painter, option, index);
    else
        paintLink(painter, option, index);
}

void ShapeDelegate::paintPresence(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& theme = Theme::instance();
    const bool isSelected = (option.state & QStyle::State_Selected) != 0;
    const double share = index.data(ShapePathsModel::ShareRole).toDouble();
    paintGround(painter, option, index);
    painter->setFont(theme.interfaceFont());
    const QRect box = option.rect.adjusted(air, 0, -air, 0);
    if (share < 0) {
        painter->setPen(theme.color(isSelected ? Token::SelectionText : Token::SecondaryText));
        painter->drawText(box, int(Qt::AlignLeft | Qt::AlignVCenter), index.data().toString());
        return;
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    QRectF bar(box.left(), 0, barWidth, barHeight);
    bar.moveTop(option.rect.center().y() - barHeight / 2.0 + 0.5);
    painter->setBrush(theme.color(Token::Border));
    painter->drawRoundedRect(bar, barHeight / 2.0, barHeight / 2.0);
    bar.setWidth(std::max<double>(barHeight, bar.width() * share));
    painter->setBrush(theme.color(Token::SecondaryText));
    painter->drawRoundedRect(bar, barHeight / 2.0, barHeight / 2.0);
    painter->restore();
    painter->setPen(theme.color(isSelected ? Token::SelectionText : Token::Text));
    TabularText(theme.tabularFont())
        .drawLeft(*painter, QRectF(box).adjusted(barWidth + air, 0, 0, 0), index.data().toString());
}

void ShapeDelegate::paintLink(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& theme = Theme::instance();
    paintGround(painter, option, index);
    painter->setPen(theme.color(Token::Accent));
    TabularText(theme.tabularFont())
        .drawRight(*painter, option.rect.adjusted(air, 0, -air, 0), index.data().toString());
}

} // namespace framescope
