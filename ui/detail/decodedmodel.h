#pragma once
/// A frame's payload as a tree: member, value, type and unit. JSON is read level by level when it is opened, in its own
/// order; a media frame is a flat list of its header's fields. Missing members are rows too, and failing ones are
/// marked.
///
/// Thread: gui. Memory: what was opened, at most fetchStep rows at a time.
#include "core/frame/frame.h"
#include "ui/detail/failingplaces.h"

#include <QAbstractItemModel>
#include <memory>

namespace framescope {

class DecodedModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column
    {
        MemberColumn,
        ValueColumn,
        TypeColumn,
        ColumnCount
    };
    /// The Severity of a marked row as int; invalid for others.
    static constexpr int SeverityRole = Qt::UserRole;
    static constexpr int fetchStep = 500;

    explicit DecodedModel(QObject* parent = nullptr);
    ~DecodedModel() override;

    void setFrame(const Frame& frame);
    void clear();
    /// The rows that lie on the way to a failure: what a view opens at once.
    [[nodiscard]] QList<QModelIndex> indexesToOpen();

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Node;
    [[nodiscard]] Node* nodeOf(const QModelIndex& index) const;
    [[nodiscard]] std::unique_ptr<Node> childNode(Node& parent, const JsonMember& member) const;
    [[nodiscard]] std::vector<std::unique_ptr<Node>> readMore(Node& node) const;
    void collectOpen(const QModelIndex& parent, QList<QModelIndex>& open);

    QByteArray m_payload;
    FailingPlaces m_failing;
    std::unique_ptr<Node> m_root;
    bool m_isFetching = false;
};

} // namespace framescope
