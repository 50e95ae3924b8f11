#pragma once
/// The message types of a session with what was learnt of each; at the end those that are gone. Thread: gui.
#include "ui/shapes/shaperesult.h"

#include <QAbstractTableModel>

namespace framescope {

class ShapeTypesModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        TypeColumn,
        FramesColumn,
        PathsColumn,
        ChangesColumn,
        ColumnCount
    };
    static constexpr int SeverityRole = Qt::UserRole; ///< Severity as int: a warning where something changed

    using QAbstractTableModel::QAbstractTableModel;

    /// Null: none. Rows stay where they are while types are only added.
    void setResult(const ShapeResultPtr& result);
    [[nodiscard]] QByteArray typeAt(int row) const;
    [[nodiscard]] int rowOf(const QByteArray& type) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        QByteArray type;
        const TypeShape* shape = nullptr; ///< null: gone
        quint64 changes = 0;
        QString typeChange; ///< the type itself appeared, or is gone
    };

    [[nodiscard]] static std::vector<Row> rowsOf(const ShapeResult& result);
    [[nodiscard]] QString textOf(const Row& row, int column) const;

    ShapeResultPtr m_result;
    std::vector<Row> m_rows;
};

} // namespace framescope
