#include "ui/shapes/shapewords.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/topicwords.h"

#include <QCoreApplication>
#include <QStringList>

namespace framescope {

namespace {

constexpr qsizetype longestName = 300;

QString translated(const char* text)
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
    return type.isEmpty() ? translated("(unknown)") : visibleText(shortTopicName(type));
}

QString shapePathText(const ShapePath& path)
{
    return path.parent < 0 ? translated("(the document)") : visibleLine(path.pointer, longestName);
}

QString shapeKindsText(JsonKinds kinds)
{
    return QString::fromLatin1(jsonKindNames(kinds));
}

QString shapePresenceText(const TypeShape& shape, const ShapePath& path)
{
    if (path.isItem)
        return translated("items");
    const std::optional<double> presence = shape.presenceOf(path);
    return presence ? percentText(*presence) : QString();
}

QString shapePresenceTip(const TypeShape& shape, const ShapePath& path)
{
    if (path.parent < 0)
        return translated("In %1 frames").arg(countText(path.all.frames));
    const QString in = path.isItem ? translated("%1 of %2 lists have items; %3 items in %4 frames")
                                   : translated("In %1 of %2 objects that could have it; %3 values in %4 frames");
    return in.arg(countText(path.owners), countText(shape.chancesOf(path)), countText(path.all.values),
                  countText(path.all.frames));
}

QString shapeChangeText(const ShapeChange& change, bool otherSession)
{
    const QString frame = countText(change.frame);
    switch (change.kind) {
    case ShapeChangeKind::TypeAppeared:
    case ShapeChangeKind::PathAppeared:
        return translated("+ appeared at frame %1").arg(frame);
    case ShapeChangeKind::TypeGone:
    case ShapeChangeKind::PathGone:
        return (otherSession ? translated("− not here; in the other session until frame %1")
                             : translated("− last seen at frame %1"))
            .arg(frame);
    case ShapeChangeKind::KindAppeared:
        return ((change.kindsBefore & change.kindsSince) == 0 ? translated("≠ became %1 (was %2) at frame %3")
                                                              : translated("≠ also %1 (was %2) since frame %3"))
            .arg(kindText(change.jsonKind), shapeKindsText(change.kindsBefore), frame);
    case ShapeChangeKind::KindGone:
        if (otherSession)
            return translated("≠ never %1 here (was %2)")
                .arg(kindText(change.jsonKind), shapeKindsText(change.kindsBefore));
        return translated("≠ no longer %1 (was %2), last at frame %3")
            .arg(kindText(change.jsonKind), shapeKindsText(change.kindsBefore), frame);
    case ShapeChangeKind::PresenceChanged:
        return translated("≠ in %1 before and in %2 since")
            .arg(percentText(change.presenceBefore), percentText(change.presenceSince));
    case ShapeChangeKind::TextAppeared:
        return translated("+ new value %1 since frame %2").arg(visibleLine(change.text, longestName), frame);
    }
    return {};
}

QString shapeSummaryText(const ShapeReport& report)
{
    quint64 paths = 0;
    for (const TypeShape& shape : report.types)
        paths += shape.paths.size();
    QStringList parts{translated("%1 types").arg(countText(report.types.size())),
                      translated("%1 paths").arg(countText(paths)),
                      translated("learnt from %1 frames").arg(countText(report.frames.frames))};
    if (report.binary > 0)
        parts += translated("%1 binary, without a shape").arg(countText(report.binary));
    if (report.notJson > 0)
        parts += translated("%1 that are no JSON, not judged").arg(countText(report.notJson));
    if (report.withoutPayload > 0)
        parts += translated("%1 whose payload was not kept").arg(countText(report.withoutPayload));
    if (report.ofFurtherTypes > 0)
        parts += translated("! %1 of further types, over the bound").arg(countText(report.ofFurtherTypes));
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
            parts += translated(words[bound]).arg(countText(shape.unlearnt[bound]));
    }
    return parts.isEmpty() ? QString() : translated("! Not learnt: %1").arg(parts.join(QStringLiteral(", ")));
}

QString shapeEmptyText(const ShapeReport& report)
{
    if (report.lastFrame == 0)
        return translated("No frames yet.");
    if (report.withoutPayload > 0 && report.binary == 0 && report.notJson == 0)
        return translated("This session kept digests only: without payloads there are no shapes to learn.");
    return translated("No JSON so far: %1 binary frames and %2 that could not be parsed have no shape.")
        .arg(countText(report.binary), countText(report.notJson));
}

} // namespace framescope
