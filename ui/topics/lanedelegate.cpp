#include "ui/topics/lanedelegate.h"

#include "core/frame/finding.h"
#include "ui/common/theme.h"
#include "ui/common/widgets.h"
#include "ui/detail/findingwords.h"
#include "ui/topics/lanemodel.h"

#include <QPainter>

namespace framescope {

namespace {
constexpr int lifeBarWidth = 56;
constexpr int lifeBarHeight = 6;
constexpr int lifeAir = 8;
} // namespace

LaneDelegate::LaneDelegate(QObject* parent)
    : RowDelegate(LaneModel::SeverityRole, Look::Plain, parent)
{
    setTinted(true);
}

void LaneDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& theme = Theme::instance();
    if (index.data(LaneModel::EndsFirstRole).toBool()) {
        paintGround(painter, option, index);
        const bool isSelected = (option.state & QStyle::State_Selected) != 0;
        painter->setFont(semiBold(theme.interfaceFont()));
        painter->setPen(theme.color(isSelected ? Token::SelectionText : Token::Text));
        const QRect box = option.rect.adjusted(lifeAir, 0, -lifeAir, 0);
        painter->drawText(box, int(Qt::AlignLeft | Qt::AlignVCenter),
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, box.width()));
        return;
    }
    RowDelegate::paint(painter, option, index);
    if (index.column() != LaneModel::HeartbeatColumn)
        return;
    const double share = index.data(LaneModel::ShareRole).toDouble();
    if (share < 0)
        return;
    const auto severity = Severity(index.data(LaneModel::SeverityRole).toInt());
    const Token colour = severity == Severity::Note ? Token::Accepted : severityToken(severity);
    QRectF bar(option.rect.right() - lifeAir - lifeBarWidth, 0, lifeBarWidth, lifeBarHeight);
    bar.moveTop(option.rect.center().y() - lifeBarHeight / 2.0);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.color(Token::Border));
    painter->drawRoundedRect(bar, lifeBarHeight / 2.0, lifeBarHeight / 2.0);
    bar.setWidth(std::max<double>(lifeBarHeight, bar.width() * share));
    painter->setBrush(theme.color(colour));
    painter->drawRoundedRect(bar, lifeBarHeight / 2.0, lifeBarHeight / 2.0);
    painter->restore();
}

} // namespace framescope
