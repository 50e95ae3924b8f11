#pragma once
/// The topics that an organisation offers, searchable. What cannot be had here is listed too, disabled, with the
/// reason. Thread: gui.
#include "core/genesys/directory.h"

#include <QAbstractTableModel>

namespace framescope {

class AvailableTopicsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        TopicColumn,
        NeedsColumn,
        DescriptionColumn,
        ColumnCount
    };
    static constexpr int SeverityRole = Qt::UserRole; ///< a warning where it cannot be had

    using QAbstractTableModel::QAbstractTableModel;

    void setTopics(std::vector<AvailableTopic> topics, bool hasUser);
    /// Shows only topics that have all words of @p text in their name, description or permissions.
    void setFilter(const QString& text);
    [[nodiscard]] const AvailableTopic* topicAt(int row) const;
    [[nodiscard]] int topicCount() const { return int(m_topics.size()); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    [[nodiscard]] QString needsText(const AvailableTopic& topic) const;
    void listShown();

    std::vector<AvailableTopic> m_topics; ///< by name
    std::vector<int> m_shown;
    QStringList m_words;
    bool m_hasUser = false;
};

} // namespace framescope
