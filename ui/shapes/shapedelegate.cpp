#include "ui/shapes/shapedelegate.h"

#include "ui/common/tabulartext.h"
#include "ui/common/theme.h"
#include "ui/shapes/shapepathsmodel.h"

#include <QPainter>

namespace framescope {

namespace {
constexpr int rateBarWidth = 48;
constexpr int rateBarHeight = 6;
constexpr int rateAir = 8;
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
    const QRect box = option.rect.adjusted(rateAir, 0, -rateAir, 0);
    if (share < 0) {
        painter->setPen(theme.color(isSelected ? Token::SelectionText : Token::SecondaryText));
        painter->drawText(box, int(Qt::AlignLeft | Qt::AlignVCenter), index.data().toString());
        return;
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    QRectF bar(box.left(), 0, rateBarWidth, rateBarHeight);
    bar.moveTop(option.rect.center().y() - rateBarHeight / 2.0 + 0.5);
    painter->setBrush(theme.color(Token::Border));
    painter->drawRoundedRect(bar, rateBarHeight / 2.0, rateBarHeight / 2.0);
    bar.setWidth(std::max<double>(rateBarHeight, bar.width() * share));
    painter->setBrush(theme.color(Token::SecondaryText));
    painter->drawRoundedRect(bar, rateBarHeight / 2.0, rateBarHeight / 2.0);
    painter->restore();
    painter->setPen(theme.color(isSelected ? Token::SelectionText : Token::Text));
    TabularText(theme.tabularFont())
        .drawLeft(*painter, QRectF(box).adjusted(rateBarWidth + rateAir, 0, 0, 0), index.data().toString());
}

void ShapeDelegate::paintLink(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& theme = Theme::instance();
    paintGround(painter, option, index);
    painter->setPen(theme.color(Token::Accent));
    TabularText(theme.tabularFont())
        .drawRight(*painter, option.rect.adjusted(rateAir, 0, -rateAir, 0), index.data().toString());
}

} // namespace framescope
