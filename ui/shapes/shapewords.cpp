#include "ui/shapes/shapewords.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/topicwords.h"

#include <QCoreApplication>
#include <QStringList>

namespace framescope {

namespace {

constexpr qsizetype longestChangedPath = 300;

QString shapeText(const char* text)
{
    return QCoreApplication::translate("Shapes", text);
}

QString kindText(JsonKind kind)
{
    return QString::fromLatin1(jsonKindName(kind));
}

} // namespace

QString shapeTypeText(const QByteArray& type)
{
    return type.isEmpty() ? shapeText("(unknown)") : visibleText(shortTopicName(type));
}

QString shapePathText(const ShapePath& path)
{
    return path.parent < 0 ? shapeText("(the document)") : visibleLine(path.pointer, longestChangedPath);
}

QString shapeKindsText(JsonKinds kinds)
{
    return QString::fromLatin1(jsonKindNames(kinds));
}

QString shapePresenceText(const TypeShape& shape, const ShapePath& path)
{
    if (path.isItem)
        return shapeText("items");
    const std::optional<double> presence = shape.presenceOf(path);
    return presence ? percentText(*presence) : QString();
}

QString shapePresenceTip(const TypeShape& shape, const ShapePath& path)
{
    if (path.parent < 0)
        return shapeText("In %1 frames").arg(countText(path.all.frames));
    const QString in = path.isItem ? shapeText("%1 of %2 lists have items; %3 items in %4 frames")
                                   : shapeText("In %1 of %2 objects that could have it; %3 values in %4 frames");
    return in.arg(countText(path.owners), countText(shape.chancesOf(path)), countText(path.all.values),
                  countText(path.all.frames));
}

QString shapeChangeText(const ShapeChange& change, bool otherSession)
{
    const QString frame = countText(change.frame);
    switch (change.kind) {
    case ShapeChangeKind::TypeAppeared:
    case ShapeChangeKind::PathAppeared:
        return shapeText("+ appeared at frame %1").arg(frame);
    case ShapeChangeKind::TypeGone:
    case ShapeChangeKind::PathGone:
        return (otherSession ? shapeText("− not here; in the other session until frame %1")
                             : shapeText("− last seen at frame %1"))
            .arg(frame);
    case ShapeChangeKind::KindAppeared:
        return ((change.kindsBefore & change.kindsSince) == 0 ? shapeText("≠ became %1 (was %2) at frame %3")
                                                              : shapeText("≠ also %1 (was %2) since frame %3"))
            .arg(kindText(change.jsonKind), shapeKindsText(change.kindsBefore), frame);
    case ShapeChangeKind::KindGone:
        if (otherSession)
            return shapeText("≠ never %1 here (was %2)")
                .arg(kindText(change.jsonKind), shapeKindsText(change.kindsBefore));
        return shapeText("≠ no longer %1 (was %2), last at frame %3")
            .arg(kindText(change.jsonKind), shapeKindsText(change.kindsBefore), frame);
    case ShapeChangeKind::PresenceChanged:
        return shapeText("≠ in %1 before and in %2 since")
            .arg(percentText(change.presenceBefore), percentText(change.presenceSince));
    case ShapeChangeKind::TextAppeared:
        return shapeText("+ new value %1 since frame %2").arg(visibleLine(change.text, longestChangedPath), frame);
    }
    return {};
}

QString shapeSummaryText(const ShapeReport& report)
{
    quint64 paths = 0;
    for (const TypeShape& shape : report.types)
        paths += shape.paths.size();
    QStringList parts{shapeText("%1 types").arg(countText(report.types.size())),
                      shapeText("%1 paths").arg(countText(paths)),
                      shapeText("learnt from %1 frames").arg(countText(report.frames.frames))};
    if (report.binary > 0)
        parts += shapeText("%1 binary, without a shape").arg(countText(report.binary));
    if (report.notJson > 0)
        parts += shapeText("%1 that are no JSON, not judged").arg(countText(report.notJson));
    if (report.withoutPayload > 0)
        parts += shapeText("%1 whose payload was not kept").arg(countText(report.withoutPayload));
    if (report.ofFurtherTypes > 0)
        parts += shapeText("! %1 of further types, over the bound").arg(countText(report.ofFurtherTypes));
    return parts.join(QStringLiteral(" · "));
}

QString shapeBoundsText(const TypeShape& shape)
{
    const char* const words[] = {QT_TRANSLATE_NOOP("Shapes", "%1 values of further paths"),
                                 QT_TRANSLATE_NOOP("Shapes", "%1 values of objects with too many different members"),
                                 QT_TRANSLATE_NOOP("Shapes", "%1 values nested too deep"),
                                 QT_TRANSLATE_NOOP("Shapes", "%1 values with too long a name")};
    QStringList parts;
    for (std::size_t bound = 0; bound < shapeBoundCount; ++bound) {
        if (shape.unlearnt[bound] > 0)
            parts += shapeText(words[bound]).arg(countText(shape.unlearnt[bound]));
    }
    return parts.isEmpty() ? QString() : shapeText("! Not learnt: %1").arg(parts.join(QStringLiteral(", ")));
}

QString shapeEmptyText(const ShapeReport& report)
{
    if (report.lastFrame == 0)
        return shapeText("No frames yet.");
    if (report.withoutPayload > 0 && report.binary == 0 && report.notJson == 0)
        return shapeText("This session kept digests only: without payloads there are no shapes to learn.");
    return shapeText("No JSON so far: %1 binary frames and %2 that could not be parsed have no shape.")
        .arg(countText(report.binary), countText(report.notJson));
}

} // namespace framescope
