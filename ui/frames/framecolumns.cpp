#include "ui/frames/framecolumns.h"

#include "ui/common/theme.h"
#include "ui/frames/framedelegate.h"

#include <QHeaderView>
#include <QMenu>
#include <QScopedValueRollback>
#include <array>

namespace framescope {

namespace {

using Model = FrameTableModel;

/// A row without one of these says nothing.
constexpr std::array alwaysShown = {Model::Number, Model::Time, Model::Arrow, Model::Type, Model::Size, Model::Verdict};
/// The others, in the order in which they get what is left.
constexpr std::array shownWithRoom = {Model::Subject, Model::Delta, Model::Checksum, Model::Parse, Model::Preview};
constexpr std::array shownOnRequest = {Model::Id, Model::EndToEnd};
static_assert(alwaysShown.size() + shownWithRoom.size() + shownOnRequest.size() == Model::ColumnCount);

constexpr quint64 leastLargestNumber = 88'888; ///< so that the columns of a young session do not move with every digit
constexpr int leastTypeWidth = 90;
constexpr int typeGivesWay = 16;

} // namespace

FrameColumns::FrameColumns(QHeaderView* header, const FrameDelegate* delegate, QObject* parent)
    : QObject(parent)
    , m_header(header)
    , m_delegate(delegate)
{
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    header->setStretchLastSection(true);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setMinimumSectionSize(16);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QHeaderView::customContextMenuRequested, this, &FrameColumns::showMenu);
    connect(header, &QHeaderView::sectionMoved, this, [this] { m_fitted = m_fitted && m_fitting; });
    connect(header, &QHeaderView::sectionResized, this, [this](int column) {
        // The last one follows the table's width by itself; one that was the last is given its width back, unseen.
        if (!m_fitting && column != lastShown() && !m_header->isSectionHidden(column))
            m_fitted = false;
    });
    reset(false);
}

void FrameColumns::reset(bool ofTopics)
{
    m_ofTopics = ofTopics;
    m_fitted = true;
    const QScopedValueRollback<bool> ours(m_fitting, true);
    for (int column = 0; column < Model::ColumnCount; ++column)
        m_header->moveSection(m_header->visualIndex(column), column);
    fit();
}

int FrameColumns::lastShown() const
{
    int visual = m_header->count() - 1;
    while (visual > 0 && m_header->isSectionHidden(m_header->logicalIndex(visual)))
        --visual;
    return m_header->logicalIndex(visual);
}

void FrameColumns::setRoom(int width)
{
    if (width == m_room)
        return;
    m_room = width;
    if (m_fitted)
        fit();
}

void FrameColumns::makeRoomFor(quint64 number)
{
    if (number <= m_largestNumber)
        return;
    m_largestNumber = number;
    const int needed = usualWidth(Model::Number);
    if (m_header->sectionSize(Model::Number) >= needed)
        return;
    const QScopedValueRollback<bool> ours(m_fitting, true);
    if (m_fitted)
        fit();
    else if (!m_header->isSectionHidden(Model::Number))
        m_header->resizeSection(Model::Number, needed);
}

int FrameColumns::usualWidth(Model::Column column) const
{
    if (column == Model::Number)
        return m_delegate->numberWidth(std::max(m_largestNumber, leastLargestNumber));
    if (column == Model::Type && m_ofTopics) {
        const QFontMetrics metrics(Theme::instance().interfaceFont());
        return metrics.horizontalAdvance(QStringLiteral("routing.queues.conversations")) + 24;
    }
    return m_delegate->usualWidth(column);
}

int FrameColumns::headingWidth(Model::Column column) const
{
    constexpr int padding = 16;
    const QString heading = m_header->model()->headerData(column, Qt::Horizontal).toString();
    return m_header->fontMetrics().horizontalAdvance(heading) + padding;
}

/// No column is narrower than its heading. Types give way for a subject, and before the verdict leaves the table. What
/// is left over is theirs up to what they usually need, then the preview's, which the last column takes by itself.
void FrameColumns::fit()
{
    std::array<int, Model::ColumnCount> widths{};
    int left = m_room;
    for (const Model::Column column : alwaysShown) {
        widths[column] = usualWidth(column) - (column == Model::Type ? typeGivesWay : 0);
        left -= widths[column];
    }
    if (left < 0)
        widths[Model::Type] = std::max(leastTypeWidth, widths[Model::Type] + left);
    for (const Model::Column column : shownWithRoom) {
        const int width = column == Model::Subject ? headingWidth(column) : usualWidth(column);
        if (column == Model::Checksum && m_ofTopics)
            continue;
        if (width > left)
            break;
        widths[column] = width;
        left -= width;
    }
    const auto widen = [&](Model::Column column, int most) {
        const int more = std::clamp(left, 0, std::max(0, most - widths[column]));
        widths[column] += more;
        left -= more;
    };
    widen(Model::Type, usualWidth(Model::Type));
    if (widths[Model::Subject] > 0)
        widen(Model::Subject, usualWidth(Model::Subject));
    if (widths[Model::Preview] == 0)
        widen(widths[Model::Subject] > 0 ? Model::Subject : Model::Type, m_room);
    const QScopedValueRollback<bool> ours(m_fitting, true);
    for (int column = 0; column < Model::ColumnCount; ++column) {
        const int width = widths[std::size_t(column)];
        m_header->setSectionHidden(column, width == 0);
        if (width > 0 && m_header->sectionSize(column) != width)
            m_header->resizeSection(column, width);
    }
}

QByteArray FrameColumns::state() const
{
    return m_fitted ? QByteArray() : m_header->saveState();
}

void FrameColumns::restore(const QByteArray& state)
{
    const QScopedValueRollback<bool> ours(m_fitting, true);
    if (m_header->restoreState(state))
        m_fitted = false;
}

void FrameColumns::showMenu(const QPoint& position)
{
    auto* menu = new QMenu(m_header);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 1; column < Model::ColumnCount; ++column) {
        const QString name = m_header->model()->headerData(column, Qt::Horizontal, Qt::AccessibleTextRole).toString();
        QAction* action = menu->addAction(name);
        action->setCheckable(true);
        action->setChecked(!m_header->isSectionHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            m_fitted = false;
            m_header->setSectionHidden(column, !on);
            if (on && m_header->sectionSize(column) < usualWidth(Model::Column(column)))
                m_header->resizeSection(column, usualWidth(Model::Column(column)));
        });
    }
    menu->addSeparator();
    QAction* fitted = menu->addAction(tr("As they &fit"));
    fitted->setCheckable(true);
    fitted->setChecked(m_fitted);
    connect(fitted, &QAction::triggered, this, [this] { reset(m_ofTopics); });
    menu->popup(m_header->mapToGlobal(position));
}

} // namespace framescope
