#include "ui/shapes/shapescsv.h"

#include <QHash>
#include <QSet>

namespace framescope {

namespace {

using Place = std::pair<QByteArray, QByteArray>; ///< type and path

QByteArray nameOf(const QByteArray& type)
{
    return type.isEmpty() ? QByteArray("(unknown)") : type;
}

void addPath(CsvTable& table, const TypeShape& shape, const ShapePath& path, const QByteArrayList& changes)
{
    const std::optional<double> presence = shape.presenceOf(path);
    table.text(nameOf(shape.type));
    table.text(path.pointer);
    table.text(jsonKindNames(path.kindsSeen()));
    presence ? table.text(QByteArray::number(*presence, 'f', 4)) : table.absent();
    path.parent >= 0 ? table.number(qint64(path.owners)) : table.absent();
    path.parent >= 0 ? table.number(qint64(shape.chancesOf(path))) : table.absent();
    table.number(qint64(path.all.values));
    table.number(qint64(path.all.frames));
    table.number(qint64(path.all.first));
    table.number(qint64(path.all.last));
    table.text(changes.join(' '));
    table.endRow();
}

void addGone(CsvTable& table, const ShapeChange& change)
{
    table.text(nameOf(change.type));
    table.text(change.pointer);
    table.text(jsonKindNames(change.kindsBefore));
    for (int absent = 0; absent < 6; ++absent)
        table.absent();
    table.number(qint64(change.frame));
    table.text(shapeChangeName(change.kind));
    table.endRow();
}

} // namespace

CsvTable shapesCsv(const ShapeResult& result)
{
    CsvTable table({"type", "path", "json_types", "presence", "present_in", "chances", "values", "frames",
                    "first_frame", "last_frame", "change"});
    QHash<Place, QByteArrayList> changes;
    for (const ShapeChange& change : result.changes)
        changes[{change.type, change.pointer}] += shapeChangeName(change.kind);
    QSet<Place> told;
    for (const TypeShape& shape : result.report.types) {
        for (const ShapePath& path : shape.paths) {
            told.insert({shape.type, path.pointer});
            addPath(table, shape, path, changes.value({shape.type, path.pointer}));
        }
    }
    for (const ShapeChange& change : result.changes) {
        if (!told.contains({change.type, change.pointer}))
            addGone(table, change);
    }
    return table;
}

} // namespace framescope
