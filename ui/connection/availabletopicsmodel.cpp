#include "ui/connection/availabletopicsmodel.h"

#include "core/frame/finding.h"
#include "ui/common/plaintext.h"
#include "ui/connection/topicids.h"

#include <algorithm>

namespace framescope {

namespace {
constexpr qsizetype longestAvailable = 200;
constexpr qsizetype longestText = 300;
} // namespace

void AvailableTopicsModel::setTopics(std::vector<AvailableTopic> topics, bool hasUser)
{
    beginResetModel();
    m_topics = std::move(topics);
    m_hasUser = hasUser;
    std::sort(m_topics.begin(), m_topics.end(),
              [](const AvailableTopic& a, const AvailableTopic& b) { return a.id < b.id; });
    listShown();
    endResetModel();
}

void AvailableTopicsModel::setFilter(const QString& text)
{
    beginResetModel();
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    listShown();
    endResetModel();
}

void AvailableTopicsModel::listShown()
{
    m_shown.clear();
    for (int i = 0; i < topicCount(); ++i) {
        const AvailableTopic& topic = m_topics[std::size_t(i)];
        const QString all = QString::fromUtf8(topic.id) + QLatin1Char(' ') + topic.description + QLatin1Char(' ') +
                            QString::fromUtf8(topic.permissions.join(' '));
        const auto has = [&all](const QString& word) { return all.contains(word, Qt::CaseInsensitive); };
        if (std::all_of(m_words.begin(), m_words.end(), has))
            m_shown.push_back(i);
    }
}

const AvailableTopic* AvailableTopicsModel::topicAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_topics[std::size_t(m_shown[std::size_t(row)])] : nullptr;
}

int AvailableTopicsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_shown.size());
}

int AvailableTopicsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString AvailableTopicsModel::needsText(const AvailableTopic& topic) const
{
    const QString obstacle = topicObstacle(topic, m_hasUser);
    if (!obstacle.isEmpty())
        return QStringLiteral("! ") + obstacle;
    return topic.permissions.isEmpty() ? tr("no permission") : visibleLine(topic.permissions.join(", "), longestText);
}

QVariant AvailableTopicsModel::data(const QModelIndex& index, int role) const
{
    const AvailableTopic* topic = index.isValid() ? topicAt(index.row()) : nullptr;
    if (!topic)
        return {};
    if (role == SeverityRole)
        return int(topicObstacle(*topic, m_hasUser).isEmpty() ? Severity::Note : Severity::Warning);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    QString text;
    switch (index.column()) {
    case TopicColumn:
        text = visibleLine(topic->id, longestAvailable);
        break;
    case NeedsColumn:
        text = needsText(*topic);
        break;
    case DescriptionColumn:
        text = visibleText(topic->description.left(longestText));
        if (topic->visibility.compare("preview", Qt::CaseInsensitive) == 0)
            text = tr("Preview: %1").arg(text);
        break;
    default:
        break;
    }
    return role == Qt::ToolTipRole ? text.toHtmlEscaped() : text;
}

QVariant AvailableTopicsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    const QString names[] = {tr("Topic"), tr("Needs"), tr("Description")};
    return names[section];
}

Qt::ItemFlags AvailableTopicsModel::flags(const QModelIndex& index) const
{
    const AvailableTopic* topic = index.isValid() ? topicAt(index.row()) : nullptr;
    if (!topic)
        return Qt::NoItemFlags;
    // Disabled where it cannot be had; the row still says why.
    const Qt::ItemFlags seen = Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
    return topicObstacle(*topic, m_hasUser).isEmpty() ? seen | Qt::ItemIsSelectable : Qt::ItemNeverHasChildren;
}

} // namespace framescope
