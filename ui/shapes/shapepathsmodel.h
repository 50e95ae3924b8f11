#pragma once
/// The paths of one message type; at the end those that are gone, where another session is compared. Thread: gui.
#include "ui/shapes/shaperesult.h"

#include <QAbstractTableModel>
#include <QHash>

namespace framescope {

class ShapePathsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        PathColumn,
        KindsColumn,
        PresenceColumn,
        FirstColumn,
        LastColumn,
        ChangeColumn,
        ColumnCount
    };
    static constexpr int SeverityRole = Qt::UserRole;  ///< Severity as int: a warning where something changed
    static constexpr int ShareRole = Qt::UserRole + 1; ///< presence, 0 to 1; less than 0: none

    using QAbstractTableModel::QAbstractTableModel;

    /// The paths of @p type. Rows stay where they are while the paths are the same.
    void setResult(const ShapeResultPtr& result, const QByteArray& type);
    void setOnlyChanged(bool onlyChanged);
    [[nodiscard]] QByteArray pointerAt(int row) const;
    /// The frame that a click on this cell leads to; 0: none.
    [[nodiscard]] quint64 frameAt(const QModelIndex& index) const;
    [[nodiscard]] const TypeShape* shape() const { return m_shape; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        QByteArray pointer;
        const ShapePath* path = nullptr; ///< null: gone, not in this session
        std::vector<const ShapeChange*> changes;
    };

    [[nodiscard]] std::vector<Row> wantedRows(const ShapeResult& result, const TypeShape* shape,
                                              const QByteArray& type) const;
    [[nodiscard]] QString textOf(const Row& row, int column) const;
    [[nodiscard]] QString tipOf(const Row& row, int column) const;

    ShapeResultPtr m_result;
    QByteArray m_type;
    const TypeShape* m_shape = nullptr;
    std::vector<Row> m_rows;
    bool m_onlyChanged = false;
};

} // namespace framescope
