#include "app/cli/statsshapes.h"

#include "app/cli/exitcode.h"
#include "app/cli/sessionwalk.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/session/shapescan.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <array>

namespace framescope::cli {

namespace {

const QString shapesCommandName = QStringLiteral("stats");
constexpr std::array boundNames{"paths", "members", "depth", "name_length"};

QString nameOf(const QByteArray& type)
{
    return type.isEmpty() ? QStringLiteral("(unknown)") : QString::fromUtf8(type);
}

QString pathName(const QByteArray& pointer)
{
    return pointer.isEmpty() ? QStringLiteral("(document)") : QString::fromUtf8(pointer);
}

QString kindWords(JsonKinds kinds)
{
    return QString::fromLatin1(jsonKindNames(kinds));
}

/// "/priority became string (was integer) at frame 10,500"
QString changeWords(const ShapeChange& change)
{
    const QString frame = grouped(change.frame);
    const QString path = pathName(change.pointer);
    switch (change.kind) {
    case ShapeChangeKind::TypeAppeared:
        return QStringLiteral("this type appeared at frame %1").arg(frame);
    case ShapeChangeKind::TypeGone:
        return QStringLiteral("this type was last seen at frame %1").arg(frame);
    case ShapeChangeKind::PathAppeared:
        return QStringLiteral("%1 appeared at frame %2 (%3)").arg(path, frame, kindWords(change.kindsSince));
    case ShapeChangeKind::PathGone:
        return QStringLiteral("%1 was last seen at frame %2").arg(path, frame);
    case ShapeChangeKind::KindAppeared:
        return ((change.kindsBefore & change.kindsSince) == 0 ? QStringLiteral("%1 became %2 (was %3) at frame %4")
                                                              : QStringLiteral("%1 is also %2 (was %3) since frame %4"))
            .arg(path, QString::fromLatin1(jsonKindName(change.jsonKind)), kindWords(change.kindsBefore), frame);
    case ShapeChangeKind::KindGone:
        return QStringLiteral("%1 is no longer %2, last at frame %3")
            .arg(path, QString::fromLatin1(jsonKindName(change.jsonKind)), frame);
    case ShapeChangeKind::PresenceChanged:
        return QStringLiteral("%1 was in %2 before and in %3 since")
            .arg(path, inPercent(change.presenceBefore), inPercent(change.presenceSince));
    case ShapeChangeKind::TextAppeared:
        return QStringLiteral("%1 has the new value %2 since frame %3")
            .arg(path, QString::fromUtf8(change.text), frame);
    }
    return {};
}

struct Answer
{
    ShapeReport report;
    bool isComparison = false;
    std::vector<ShapeChange> changes;
    QString against; ///< what it was compared with, in words
};

QString pathLine(const TypeShape& shape, const ShapePath& path, qsizetype width)
{
    const std::optional<double> presence = shape.presenceOf(path);
    return QStringLiteral("  %1  %2  %3  %4 to %5")
        .arg(pathName(path.pointer).leftJustified(width), kindWords(path.kindsSeen()).leftJustified(16),
             (presence ? inPercent(*presence) : QStringLiteral("-")).rightJustified(8), grouped(path.all.first),
             grouped(path.all.last));
}

void addType(QStringList& lines, const TypeShape& shape)
{
    lines += QStringLiteral("type        %1   %2 frames, %3 to %4   %5%6 structures")
                 .arg(nameOf(shape.type), grouped(shape.frames.frames), grouped(shape.frames.first),
                      grouped(shape.frames.last), shape.hasMoreStructures ? QStringLiteral("more than ") : QString(),
                      grouped(shape.structures));
    qsizetype width = 10;
    for (const ShapePath& path : shape.paths)
        width = std::max(width, std::min<qsizetype>(pathName(path.pointer).size(), 60));
    for (const ShapePath& path : shape.paths)
        lines += pathLine(shape, path, width);
    for (std::size_t bound = 0; bound < shapeBoundCount; ++bound) {
        if (shape.unlearnt[bound] > 0)
            lines +=
                QStringLiteral("  ! %1 values not learnt: over the bound of %2")
                    .arg(grouped(shape.unlearnt[bound]), QString::fromLatin1(boundNames[bound]).replace(u'_', u' '));
    }
}

QByteArray inLines(const Answer& answer)
{
    const ShapeReport& report = answer.report;
    QStringList lines{QStringLiteral("frames      learnt from %1   binary %2   not JSON %3   without payload %4")
                          .arg(grouped(report.frames.frames), grouped(report.binary), grouped(report.notJson),
                               grouped(report.withoutPayload))};
    if (report.ofFurtherTypes > 0)
        lines += QStringLiteral("! %1 frames of further types were not learnt from: there are too many types")
                     .arg(grouped(report.ofFurtherTypes));
    for (const TypeShape& shape : report.types)
        addType(lines, shape);
    if (answer.isComparison) {
        lines += QStringLiteral("changes     %1 %2").arg(grouped(answer.changes.size()), answer.against);
        for (const ShapeChange& change : answer.changes)
            lines += QStringLiteral("  %1: %2").arg(nameOf(change.type), changeWords(change));
    }
    QByteArray text;
    for (const QString& line : std::as_const(lines))
        text += printable(line).toUtf8() + '\n';
    return text;
}

QJsonObject sightingsJson(const Sightings& seen)
{
    return {{QStringLiteral("values"), qint64(seen.values)},
            {QStringLiteral("frames"), qint64(seen.frames)},
            {QStringLiteral("first_frame"), qint64(seen.first)},
            {QStringLiteral("last_frame"), qint64(seen.last)}};
}

QJsonArray kindsJson(JsonKinds kinds)
{
    QJsonArray names;
    for (std::size_t i = 0; i < jsonKindCount; ++i) {
        if ((kinds & kindBit(JsonKind(i))) != 0)
            names += QString::fromLatin1(jsonKindName(JsonKind(i)));
    }
    return names;
}

QJsonObject pathJson(const TypeShape& shape, const ShapePath& path)
{
    QJsonObject object = sightingsJson(path.all);
    object.insert(QStringLiteral("path"), QString::fromUtf8(path.pointer));
    QJsonObject kinds;
    for (std::size_t i = 0; i < jsonKindCount; ++i) {
        if (path.kinds[i].values > 0)
            kinds.insert(QString::fromLatin1(jsonKindName(JsonKind(i))), sightingsJson(path.kinds[i]));
    }
    object.insert(QStringLiteral("types"), kinds);
    const std::optional<double> presence = shape.presenceOf(path);
    object.insert(QStringLiteral("presence"), presence ? QJsonValue(*presence) : QJsonValue());
    object.insert(QStringLiteral("present_in"), qint64(path.owners));
    object.insert(QStringLiteral("chances"), qint64(shape.chancesOf(path)));
    return object;
}

QJsonObject typeJson(const TypeShape& shape)
{
    QJsonObject object = sightingsJson(shape.frames);
    object.insert(QStringLiteral("type"), QString::fromUtf8(shape.type));
    object.insert(QStringLiteral("structures"), qint64(shape.structures));
    object.insert(QStringLiteral("more_structures"), shape.hasMoreStructures);
    QJsonArray paths;
    for (const ShapePath& path : shape.paths)
        paths += pathJson(shape, path);
    object.insert(QStringLiteral("paths"), paths);
    QJsonObject unlearnt;
    for (std::size_t bound = 0; bound < shapeBoundCount; ++bound)
        unlearnt.insert(QString::fromLatin1(boundNames[bound]), qint64(shape.unlearnt[bound]));
    object.insert(QStringLiteral("values_over_bounds"), unlearnt);
    return object;
}

QJsonObject changeJson(const ShapeChange& change)
{
    QJsonObject object{{QStringLiteral("change"), QString::fromLatin1(shapeChangeName(change.kind))},
                       {QStringLiteral("type"), QString::fromUtf8(change.type)},
                       {QStringLiteral("path"), QString::fromUtf8(change.pointer)},
                       {QStringLiteral("frame"), qint64(change.frame)},
                       {QStringLiteral("words"), changeWords(change)}};
    if (change.kindsBefore != 0 || change.kindsSince != 0) {
        object.insert(QStringLiteral("types_before"), kindsJson(change.kindsBefore));
        object.insert(QStringLiteral("types_since"), kindsJson(change.kindsSince));
    }
    if (change.kind == ShapeChangeKind::PresenceChanged) {
        object.insert(QStringLiteral("presence_before"), change.presenceBefore);
        object.insert(QStringLiteral("presence_since"), change.presenceSince);
    }
    if (!change.text.isEmpty())
        object.insert(QStringLiteral("value"), QString::fromUtf8(change.text));
    return object;
}

QByteArray inJson(const Answer& answer)
{
    const ShapeReport& report = answer.report;
    QJsonArray types;
    for (const TypeShape& shape : report.types)
        types += typeJson(shape);
    QJsonObject object{{QStringLiteral("frames_learnt_from"), qint64(report.frames.frames)},
                       {QStringLiteral("frames_binary"), qint64(report.binary)},
                       {QStringLiteral("frames_not_json"), qint64(report.notJson)},
                       {QStringLiteral("frames_without_payload"), qint64(report.withoutPayload)},
                       {QStringLiteral("frames_of_further_types"), qint64(report.ofFurtherTypes)},
                       {QStringLiteral("last_frame"), qint64(report.lastFrame)},
                       {QStringLiteral("types"), types}};
    if (answer.isComparison) {
        QJsonArray changes;
        for (const ShapeChange& change : answer.changes)
            changes += changeJson(change);
        object.insert(QStringLiteral("changes"), changes);
    }
    return QJsonDocument(object).toJson();
}

Expected<void> scanAll(SessionReader& reader, ShapeScan& scan)
{
    return walkFrames(reader, QStringLiteral("Reading"), [&scan](const FrameBatch& batch) {
        scan.take(batch);
        return true;
    });
}

int sayError(const Error& error)
{
    if (error.code != ErrorCode::Cancelled)
        say(QStringLiteral("framescope-cli stats: ") + inWords(error), Tone::Bad);
    return exitCodeOf(error);
}

int printSchema(const ShapeReport& report, const QString& type)
{
    const QByteArray name = type == QStringLiteral("(unknown)") ? QByteArray() : type.toUtf8();
    if (const TypeShape* shape = report.find(name)) {
        OutputDevice().write(proposedSchema(*shape));
        return ExitDone;
    }
    constexpr int shownTypes = 20;
    QStringList types;
    for (const TypeShape& shape : report.types)
        types += nameOf(shape.type);
    const QString others = types.isEmpty() ? QStringLiteral("there is no JSON in this session")
                                           : QStringLiteral("there are: ") + types.mid(0, shownTypes).join(u' ');
    return sayError({ErrorCode::NotFound, QStringLiteral("no JSON message of this type; ") + others, type});
}

/// Fills in what changed; an ExitCode.
int compare(const ShapeScan& scan, const ShapeQuestion& question, Answer& answer)
{
    answer.isComparison = true;
    if (question.comparedTo.isEmpty()) {
        if (scan.sinceFrame() == 0)
            return usageError(shapesCommandName, QStringLiteral("--since %1: no frame came then; the last one is %2")
                                                     .arg(question.since, grouped(scan.lastFrame())));
        answer.changes = shapeChanges(scan.report(ShapePart::Before), scan.report(ShapePart::Since));
        answer.against = QStringLiteral("since frame %1").arg(grouped(scan.sinceFrame()));
        return ExitDone;
    }
    int code = ExitDone;
    const std::unique_ptr<SessionReader> earlier = openSession(shapesCommandName, question.comparedTo, code);
    if (!earlier)
        return code;
    ShapeScan before;
    if (const Expected<void> scanned = scanAll(*earlier, before); !scanned)
        return sayError(scanned.error());
    answer.changes = shapeChanges(before.report(), answer.report);
    answer.against = QStringLiteral("compared to %1 (frames of what is gone are its own)").arg(question.comparedTo);
    return ExitDone;
}

} // namespace

int runShapes(SessionReader& reader, const ShapeQuestion& question)
{
    std::optional<ShapePoint> point;
    if (!question.since.isEmpty()) {
        const Expected<ShapePoint> read = shapePointFromText(question.since, firstFrameWallNs(reader));
        if (!read)
            return usageError(shapesCommandName,
                              QStringLiteral("--since %1: %2").arg(question.since, read.error().detail));
        point = *read;
    }
    ShapeScan scan(point);
    if (const Expected<void> scanned = scanAll(reader, scan); !scanned)
        return sayError(scanned.error());
    Answer answer;
    answer.report = scan.report();
    if (!question.schemaType.isEmpty())
        return printSchema(answer.report, question.schemaType);
    if (!question.since.isEmpty() || !question.comparedTo.isEmpty()) {
        if (const int code = compare(scan, question, answer); code != ExitDone)
            return code;
    }
    OutputDevice().write(question.isJson ? inJson(answer) : inLines(answer));
    return ExitDone;
}

} // namespace framescope::cli
