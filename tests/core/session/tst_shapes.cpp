/// Shapes: counts against a naive count of random documents, bounds, what changed, proposed schemas that accept what
/// they were learnt from, and the same read from a session file.
#include "core/decode/schema.h"
#include "core/session/shapescan.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionwriter.h"
#include "tests/support/framebuilder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>

using namespace framescope;
using namespace framescope::test;

namespace {

struct NaiveCount
{
    quint64 values = 0;
    QSet<quint64> frames;
    quint64 owners = 0;
    QMap<JsonKind, quint64> kinds;
};

JsonKind kindOf(const QJsonValue& value)
{
    switch (value.type()) {
    case QJsonValue::Bool:
        return JsonKind::Boolean;
    case QJsonValue::Double:
        return std::trunc(value.toDouble()) == value.toDouble() ? JsonKind::Integer : JsonKind::Number;
    case QJsonValue::String:
        return JsonKind::String;
    case QJsonValue::Array:
        return JsonKind::Array;
    case QJsonValue::Object:
        return JsonKind::Object;
    default:
        return JsonKind::Null;
    }
}

void countNaively(QMap<QString, NaiveCount>& counts, const QString& pointer, const QJsonValue& value, quint64 frame)
{
    NaiveCount& count = counts[pointer];
    ++count.values;
    count.frames.insert(frame);
    ++count.kinds[kindOf(value)];
    const QJsonObject object = value.toObject();
    for (auto member = object.begin(); member != object.end(); ++member) {
        ++counts[pointer + u'/' + member.key()].owners;
        countNaively(counts, pointer + u'/' + member.key(), member.value(), frame);
    }
    const QJsonArray items = value.toArray();
    if (!items.isEmpty())
        ++counts[pointer + QStringLiteral("/*")].owners;
    for (const QJsonValue& item : items)
        countNaively(counts, pointer + QStringLiteral("/*"), item, frame);
}

class RandomDocuments
{
public:
    explicit RandomDocuments(quint32 seed)
        : m_random(seed)
    {
    }

    QJsonObject object(int depth = 0)
    {
        QJsonObject result;
        for (const char* name : {"state", "priority", "skill", "routing", "list", "note", "z1", "z2", "z3"}) {
            if (m_random.bounded(100) < 70)
                result.insert(QString::fromLatin1(name), value(depth + 1));
        }
        return result;
    }

    /// Members in any order: that of QJsonObject is always the same.
    QByteArray text(const QJsonValue& value)
    {
        QByteArrayList parts;
        if (value.isArray()) {
            const QJsonArray items = value.toArray();
            for (const QJsonValue& item : items)
                parts += text(item);
            return '[' + parts.join(',') + ']';
        }
        if (value.isObject()) {
            const QJsonObject members = value.toObject();
            for (auto member = members.begin(); member != members.end(); ++member)
                parts += '"' + member.key().toUtf8() + "\": " + text(member.value());
            std::shuffle(parts.begin(), parts.end(), m_random);
            return '{' + parts.join(',') + '}';
        }
        const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
        return list.mid(1, list.size() - 2);
    }

private:
    QJsonValue value(int depth)
    {
        switch (m_random.bounded(depth < 3 ? 8 : 6)) {
        case 0:
            return QJsonValue::Null;
        case 1:
            return m_random.bounded(2) == 1;
        case 2:
            return int(m_random.bounded(1000));
        case 3:
            return m_random.bounded(1000) + 0.5;
        case 4:
        case 5: {
            static const char* const texts[] = {"CONNECTED", "ALERTING", "HELD"};
            return QString::fromLatin1(texts[m_random.bounded(3)]);
        }
        case 6: {
            QJsonArray items;
            for (quint32 i = m_random.bounded(4U); i > 0; --i)
                items.append(value(depth + 1));
            return items;
        }
        default:
            return object(depth);
        }
    }

    QRandomGenerator m_random;
};

const ShapePath& pathOf(const TypeShape& shape, const char* pointer)
{
    static const ShapePath nowhere;
    const int index = shape.indexOf(pointer);
    return index < 0 ? nowhere : shape.paths[std::size_t(index)];
}

const ShapeChange* changeOf(const std::vector<ShapeChange>& changes, ShapeChangeKind kind, const char* pointer)
{
    const auto at = std::find_if(changes.begin(), changes.end(), [=](const ShapeChange& change) {
        return change.kind == kind && change.pointer == pointer;
    });
    return at == changes.end() ? nullptr : &*at;
}

/// The frames of a session in which, from frame 101 on, /routing/skillId appears, /priority becomes a string, /gone
/// goes, /rare gets rare and /state has a further value.
QByteArray drifting(quint64 frame)
{
    const bool isOld = frame <= 100;
    QByteArray text = R"({"type":"t","state":")";
    text += isOld ? (frame % 2 == 0 ? "HELD" : "CONNECTED") : "PARKED";
    text += R"(","priority":)" + (isOld ? QByteArray("3") : QByteArray(R"("high")"));
    text += R"(,"routing":{"queueId":"q")" + (isOld ? QByteArray() : QByteArray(R"(,"skillId":"s")")) + '}';
    if (isOld)
        text += R"(,"gone":1)";
    if (isOld || frame % 10 == 0)
        text += R"(,"rare":true)";
    return text + R"(,"maybe":)" + (frame % 3 == 0 ? "null" : "1.5") + '}';
}

} // namespace

class TestShapes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsExactlyAsANaiveCountDoes()
    {
        RandomDocuments documents(4711);
        ShapeBook book;
        QMap<QString, NaiveCount> counts;
        constexpr quint64 frames = 600;
        for (quint64 frame = 1; frame <= frames; ++frame) {
            const QJsonObject document = documents.object();
            countNaively(counts, {}, document, frame);
            if (frame == frames / 2)
                book.beginSince(); // the whole is the sum of its parts
            QVERIFY(book.learn(book.typeOf("t"), frame, documents.text(document)));
        }
        const ShapeReport report = book.report();
        QCOMPARE(report.types.size(), std::size_t(1));
        const TypeShape& shape = report.types.front();
        QCOMPARE(shape.frames.frames, frames);
        QCOMPARE(shape.paths.size(), std::size_t(counts.size()));
        for (const ShapePath& path : shape.paths) {
            const NaiveCount count = counts.value(QString::fromUtf8(path.pointer));
            QVERIFY2(path.all.values == count.values, path.pointer.constData());
            QCOMPARE(path.all.frames, quint64(count.frames.size()));
            QCOMPARE(path.all.first, *std::min_element(count.frames.begin(), count.frames.end()));
            QCOMPARE(path.all.last, *std::max_element(count.frames.begin(), count.frames.end()));
            QCOMPARE(path.owners, count.owners);
            for (std::size_t kind = 0; kind < jsonKindCount; ++kind)
                QVERIFY2(path.kinds[kind].values == count.kinds.value(JsonKind(kind)), path.pointer.constData());
            if (path.parent < 0 || path.isItem)
                continue;
            const QString parent = QString::fromUtf8(path.pointer).section(u'/', 0, -2);
            QCOMPARE(shape.presenceOf(path).value(),
                     double(count.owners) / double(counts.value(parent).kinds.value(JsonKind::Object)));
        }
        const ShapeReport before = book.report(ShapePart::Before);
        const ShapeReport since = book.report(ShapePart::Since);
        QCOMPARE(before.frames.last, frames / 2 - 1);
        QCOMPARE(since.frames.first, frames / 2);
        QCOMPARE(before.frames.frames + since.frames.frames, frames);
    }

    void oneStructureWhateverTheValuesTheOrderAndTheLengthOfLists()
    {
        ShapeBook book;
        const int type = book.typeOf("t");
        QVERIFY(book.learn(type, 1, R"({"a":1,"b":[{"c":"x"}],"d":null})"));
        QVERIFY(book.learn(type, 2, R"({"d":null,"b":[{"c":"y"},{"c":"z"}],"a":22})"));
        QCOMPARE(book.report().types.front().structures, quint64(1));
        QVERIFY(book.learn(type, 3, R"({"a":"1","b":[{"c":"x"}],"d":null})")); // another type
        QVERIFY(book.learn(type, 4, R"({"a":1,"b":[],"d":null})"));            // no item
        QVERIFY(book.learn(type, 5, R"({"a":1,"b":[{"c":"x"}]})"));            // a member less
        QCOMPARE(book.report().types.front().structures, quint64(4));
    }

    void oddNamesAreTheirOwnPaths()
    {
        ShapeBook book;
        QVERIFY(book.learn(book.typeOf("t"), 1, R"({"a/b":1,"c~":1,"*":1,"":1,"e":[1]})"));
        const TypeShape shape = book.report().types.front();
        for (const char* pointer : {"/a~1b", "/c~0", "/~2", "/", "/e/*"})
            QVERIFY2(shape.indexOf(pointer) > 0, pointer);
    }

    void aMemberThatStandsTwiceIsOne()
    {
        ShapeBook book;
        for (quint64 frame = 1; frame <= 20; ++frame)
            QVERIFY(book.learn(book.typeOf("t"), frame, R"({"a":1,"a":2})"));
        for (quint64 frame = 21; frame <= 40; ++frame)
            QVERIFY(book.learn(book.typeOf("t"), frame, R"({})"));
        const TypeShape shape = book.report().types.front();
        QCOMPARE(shape.presenceOf(pathOf(shape, "/a")).value(), 0.5);
        QVERIFY(!proposedSchema(shape).contains("required"));
    }

    void whatCannotBeParsedLeavesNothing()
    {
        ShapeBook book;
        const int type = book.typeOf("t");
        QVERIFY(!book.learn(type, 1, R"({"a":)"));
        QVERIFY(!book.learn(type, 2, QByteArray(1'000'000, '[')));
        QVERIFY(!book.learn(type, 3, "{\"a\":\"\xFF\"}"));
        QVERIFY(!book.learn(type, 4, ""));
        QVERIFY(book.report().isEmpty());
    }

    void boundsHoldAndAreCounted()
    {
        ShapeLimits limits;
        limits.types = 2;
        limits.pathsPerType = 40;
        limits.paths = 50;
        limits.members = 30;
        limits.depth = 4;
        limits.structuresPerType = 3;
        ShapeBook book(limits);
        const int type = book.typeOf("t");
        for (quint64 frame = 1; frame <= 100; ++frame) // a dictionary: each frame has a key of its own
            QVERIFY(book.learn(type, frame, "{\"k" + QByteArray::number(frame) + "\":1}"));
        QVERIFY(book.learn(type, 101, R"({"k1":{"k2":{"k3":{"k4":{"k5":{"k6":1}}}}}})"));
        QVERIFY(book.learn(type, 102, "{\"k1\":{\"" + QByteArray(200, 'n') + "\":1}}"));
        const TypeShape shape = book.report().types.front();
        QCOMPARE(shape.paths.size(), std::size_t(1 + 30 + 3));
        QCOMPARE(shape.unlearnt[std::size_t(ShapeBound::Members)], quint64(70));
        QCOMPARE(shape.unlearnt[std::size_t(ShapeBound::Depth)], quint64(1));
        QCOMPARE(shape.unlearnt[std::size_t(ShapeBound::NameLength)], quint64(1));
        QCOMPARE(shape.structures, quint64(3));
        QVERIFY(shape.hasMoreStructures);
        const int other = book.typeOf("u");
        QCOMPARE(book.typeOf("v"), -1);
        for (quint64 frame = 103; frame <= 132; ++frame)
            QVERIFY(book.learn(other, frame, "{\"k" + QByteArray::number(frame) + "\":1}"));
        QVERIFY(book.report().types[1].paths.size() < 20);
        QVERIFY(book.report().types[1].unlearnt[std::size_t(ShapeBound::Paths)] > 0);
    }

    void keepsNoTextThatCouldBePersonal()
    {
        ShapeBook book;
        const int type = book.typeOf("t");
        for (quint64 frame = 1; frame <= 100; ++frame)
            QVERIFY(book.learn(type, frame,
                               R"({"state":"HELD","agentName":"Ana","email":"x","queueId":"sales","to":["bob"],)"
                               R"("attributes":{"colour":"crimson"},"phone":"tel:+4930123456","say":"hello there"})"));
        const TypeShape shape = book.report().types.front();
        for (const ShapePath& path : shape.paths)
            QVERIFY2(path.texts.empty() == (path.pointer != "/state"), path.pointer.constData());
        const QByteArray schema = proposedSchema(shape);
        QVERIFY(schema.contains(R"("enum": ["HELD"])"));
        for (const char* text : {"Ana", "sales", "bob", "crimson", "4930", "hello"})
            QVERIFY2(!schema.contains(text), text);
    }

    void proposedSchemaAcceptsWhatItWasLearntFrom()
    {
        RandomDocuments documents(12);
        ShapeBook book;
        QByteArrayList texts;
        for (quint64 frame = 1; frame <= 300; ++frame) {
            texts += documents.text(documents.object());
            QVERIFY(book.learn(book.typeOf("a \"type\""), frame, texts.last()));
        }
        const QByteArray text = proposedSchema(book.report().types.front());
        const Expected<Schema> schema = Schema::compile(text);
        QVERIFY2(schema.has_value(), text.constData());
        for (const QByteArray& document : texts) {
            std::vector<Finding> findings;
            schema->validate(document, findings);
            QVERIFY2(findings.empty(), document.constData());
        }
    }

    void proposedSchemaSaysTypesRequiredAndEnum()
    {
        ShapeBook book;
        for (quint64 frame = 1; frame <= 100; ++frame)
            QVERIFY(book.learn(book.typeOf("t"), frame, drifting(frame)));
        const Expected<Schema> schema = Schema::compile(proposedSchema(book.report().types.front()));
        QVERIFY(schema.has_value());
        const auto findingOf = [&schema](const QByteArray& document) {
            std::vector<Finding> findings;
            schema->validate(document, findings);
            return findings.empty() ? FindingId::None : findings.front().id;
        };
        QCOMPARE(findingOf(drifting(7)), FindingId::None);
        QCOMPARE(findingOf(drifting(8).replace("HELD", "LOST")), FindingId::SchemaEnum);
        QCOMPARE(findingOf(drifting(7).replace("\"gone\"", "\"other\"")), FindingId::SchemaRequired);
        QCOMPARE(findingOf(drifting(7).replace(":3,", ":\"3\",")), FindingId::SchemaType);
        QCOMPARE(findingOf(drifting(7).replace("\"maybe\":1.5", "\"maybe\":2")), FindingId::None);
    }

    void saysWhatChangedAndWhere()
    {
        ShapeBook book;
        for (quint64 frame = 1; frame <= 200; ++frame) {
            if (frame == 101)
                book.beginSince();
            QVERIFY(book.learn(book.typeOf("t"), frame, drifting(frame)));
        }
        const auto changes = shapeChanges(book.report(ShapePart::Before), book.report(ShapePart::Since));
        const ShapeChange* appeared = changeOf(changes, ShapeChangeKind::PathAppeared, "/routing/skillId");
        QVERIFY(appeared);
        QCOMPARE(appeared->frame, quint64(101));
        const ShapeChange* kind = changeOf(changes, ShapeChangeKind::KindAppeared, "/priority");
        QVERIFY(kind);
        QCOMPARE(kind->frame, quint64(101));
        QCOMPARE(kind->jsonKind, JsonKind::String);
        QCOMPARE(kind->kindsBefore, kindBit(JsonKind::Integer));
        QCOMPARE(kind->kindsSince, kindBit(JsonKind::String));
        const ShapeChange* gone = changeOf(changes, ShapeChangeKind::PathGone, "/gone");
        QVERIFY(gone);
        QCOMPARE(gone->frame, quint64(100));
        const ShapeChange* rarer = changeOf(changes, ShapeChangeKind::PresenceChanged, "/rare");
        QVERIFY(rarer);
        QCOMPARE(rarer->presenceBefore, 1.0);
        QCOMPARE(rarer->presenceSince, 0.1);
        const ShapeChange* text = changeOf(changes, ShapeChangeKind::TextAppeared, "/state");
        QVERIFY(text);
        QCOMPARE(text->text, QByteArray("PARKED"));
        QCOMPARE(text->frame, quint64(101));
        QCOMPARE(changes.size(), std::size_t(5));
        QVERIFY(shapeChanges(book.report(), book.report()).empty());
    }

    void whatWasRareIsNotCalledGone()
    {
        ShapeBook book;
        for (quint64 frame = 1; frame <= 200; ++frame) {
            if (frame == 101)
                book.beginSince();
            QVERIFY(book.learn(book.typeOf("t"), frame, frame == 50 ? R"({"a":1,"rare":1})" : R"({"a":1})"));
        }
        QVERIFY(shapeChanges(book.report(ShapePart::Before), book.report(ShapePart::Since)).empty());
    }

    void readsASessionFromWhereItStopped()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("s.framescope"));
        SessionInfo info;
        info.sessionId = "1";
        info.startedWallNs = 1;
        auto writer = SessionWriter::create(path, info);
        QVERIFY(writer.has_value());
        const auto write = [&writer](quint64 from, quint64 to) {
            std::vector<FrameSpec> frames;
            for (quint64 frame = from; frame <= to; ++frame)
                frames.push_back({.type = "t", .payload = drifting(frame)});
            const auto batch = makeBatch(frames, from, 0, qint64(from) * 1'000'000);
            (*writer)->append(batch);
        };
        const std::vector<FrameSpec> odd{{.type = "t", .payload = "{\"no\":"},
                                         {.type = "media", .payload = "\x80\x7f", .opcode = Opcode::Binary},
                                         {.type = "t", .payload = ""}};
        write(1, 150);
        QTRY_COMPARE((*writer)->status().durableSeq, quint64(150));
        auto reader = SessionReader::open(path);
        QVERIFY(reader.has_value());
        ShapeScan scan(ShapePoint{101, 0});
        quint64 told = 0;
        const auto progress = [&told](quint64 done, quint64) { return (told = done) > 0; };
        QVERIFY(scan.readOn(**reader, progress).has_value());
        QCOMPARE(told, quint64(150));
        QCOMPARE(scan.report().frames.frames, quint64(150));
        write(151, 200);
        const auto batch = makeBatch(odd, 201);
        batch->heads[2].flags = 0; // only its digest was kept
        (*writer)->append(batch);
        QVERIFY((*writer)->close().has_value());
        QVERIFY(scan.readOn(**reader, progress).has_value());
        const ShapeReport report = scan.report();
        QCOMPARE(report.frames.frames, quint64(200));
        QCOMPARE(report.lastFrame, quint64(203));
        QCOMPARE(report.notJson, quint64(1));
        QCOMPARE(report.binary, quint64(1));
        QCOMPARE(report.withoutPayload, quint64(1));
        QCOMPARE(scan.sinceFrame(), quint64(101));
        QCOMPARE(shapeChanges(scan.report(ShapePart::Before), scan.report(ShapePart::Since)).size(), std::size_t(5));

        ShapeScan stopped;
        const auto outcome = stopped.readOn(**reader, [](quint64, quint64) { return false; });
        QVERIFY(!outcome && outcome.error().code == ErrorCode::Cancelled);
        QVERIFY(stopped.readOn(**reader, progress).has_value());
        QCOMPARE(stopped.report().frames.frames, quint64(200));
    }

    void pointsAreFramesOrTimes()
    {
        constexpr qint64 second = 1'000'000'000;
        constexpr qint64 started = 1'764'015'300 * second; // 2025-11-24T20:15:00Z
        const auto point = [](const char* text) {
            return shapePointFromText(QString::fromLatin1(text), started).value_or(ShapePoint{});
        };
        QCOMPARE(point("10,422").frame, quint64(10'422));
        QCOMPARE(point("20:15:07.5").wallNs, started + 7 * second + second / 2);
        QCOMPARE(point("0:01").wallNs, started + (3 * 3600 + 46 * 60) * second); // the next morning
        QCOMPARE(point("2025-11-24T21:15:00Z").wallNs, started + 3600 * second);
        QCOMPARE(point("2025-11-24T21:15:00+01:00").wallNs, started);
        for (const char* bad : {"", "0", "soon", "-4", "25:00", "2025-11-24T21:15:00"})
            QVERIFY2(!shapePointFromText(QString::fromLatin1(bad), started), bad);
    }
};

QTEST_GUILESS_MAIN(TestShapes)
#include "tst_shapes.moc"
