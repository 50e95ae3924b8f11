// framescope-cli as a person and a script use it: real processes, real sockets, exit codes and files.
#include "core/frame/findingcatalogue.h"
#include "tests/support/commandline.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>

using namespace framescope;
using namespace framescope::test;

class TestCommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void helpAndVersionGoToStandardOutput_data();
    void helpAndVersionGoToStandardOutput();
    void overviewListsEveryCommand();
    void usageErrorsExitWithTwo_data();
    void usageErrorsExitWithTwo();
    void recordsExactlyWhatAForeignServerSends();
    void recordsTheDemoUpToItsFrameLimit();
    void wrongSecretExitsWithFour();
    void nobodyListeningExitsWithFive_data();
    void nobodyListeningExitsWithFive();
    void findingsExitWithThreeWhenAskedTo();
    void signalFlushesAndEndsWithZeroWithoutALimit();
    void signalBeforeTheLimitEndsWith130();
    void existingSessionIsNotOverwritten();
    void fullDiskIsNotCalledRecorded();
    void exportsTheSameBytesToFileAndStandardOutput();
    void removedPayloadsAreSaidByEveryCommand();
    void readerThatLeavesEndsItQuietly();
    void statsTellsShapesChangesAndASchema();
    void verifyNamesTheFirstEntryThatWasChanged();
    void killedRecordingVerifiesAndTheNextOneSaysSo();
    void damagedKeyIsKeptAndNobodySigns();
    void validateTellsValidFromInvalid();
    void controlCharactersFromTheWireNeverReachTheTerminal();
    void credentialsComeFromDotEnv();

private:
    [[nodiscard]] QString path(const char* name) const { return m_folder->filePath(QString::fromLatin1(name)); }
    [[nodiscard]] QStringList recordDemo(const QStringList& further) const;
    void write(const char* name, const QByteArray& text) const;
    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

QStringList words(const char* text)
{
    return QString::fromUtf8(text).split(u' ', Qt::SkipEmptyParts);
}

QJsonObject jsonFile(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

qint64 number(const QJsonObject& object, const char* key)
{
    return object.value(QString::fromLatin1(key)).toInteger(-1);
}

} // namespace

void TestCommandLine::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

QStringList TestCommandLine::recordDemo(const QStringList& further) const
{
    return words("record --demo --scenario demo --session") + QStringList{path("s.framescope")} + further;
}

void TestCommandLine::write(const char* name, const QByteArray& text) const
{
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), qint64(text.size()));
}

void TestCommandLine::helpAndVersionGoToStandardOutput_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("--help") << "--help" << QByteArray("Usage: framescope-cli COMMAND");
    QTest::newRow("--version") << "--version" << QByteArray("framescope-cli ");
    for (const char* command :
         {"record", "simulate", "export", "filter", "stats", "verify", "replay", "import", "validate"})
        QTest::addRow("%s", command) << QString::fromLatin1(command) + QStringLiteral(" --help")
                                     << "Usage: framescope-cli " + QByteArray(command);
}

void TestCommandLine::helpAndVersionGoToStandardOutput()
{
    QFETCH(QString, arguments);
    QFETCH(QByteArray, expected);
    const Outcome outcome = runCli(m_folder->path(), arguments.split(u' '));
    QCOMPARE(outcome.exitCode, 0);
    QVERIFY2(outcome.out.startsWith(expected), outcome.out.constData());
    QCOMPARE(outcome.err, QByteArray());
}

void TestCommandLine::overviewListsEveryCommand()
{
    const Outcome help = runCli(m_folder->path(), {QStringLiteral("--help")});
    for (const char* command :
         {"record", "simulate", "export", "filter", "stats", "verify", "replay", "import", "validate"})
        QVERIFY2(help.out.contains("\n  " + QByteArray(command) + ' '), command);
}

void TestCommandLine::usageErrorsExitWithTwo_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("named"); ///< what the message must name
    const auto row = [](const char* arguments, const char* named) {
        QTest::newRow(arguments) << QString::fromUtf8(arguments) << QString::fromUtf8(named);
    };
    QTest::newRow("nothing") << QString() << "command is missing";
    row("frobnicate", "frobnicate");
    row("record", "--demo");
    row("record --demo --url ws://127.0.0.1:1/", "one of");
    row("record --demo --nonsense", "nonsense");
    row("record --demo surplus", "surplus");
    row("record --demo --scenario nowhere", "nowhere");
    row("record --demo --seconds soon", "--seconds");
    row("record --demo --seconds 0", "--seconds");
    row("record --demo --frames -1", "--frames");
    row("record --demo --payloads some", "--payloads");
    row("record --demo --payloads redacted", "needs rules");
    row("record --demo --payloads full --redact-pointer a=/b", "--payloads redacted");
    row("record --demo --redact-pointer a=b", "starts with '/'");
    row("record --demo --redact /nowhere.json", "--redact");
    row("import x.har --session y --redact-pointer /b", "NAME=POINTER");
    row("record --demo --keep-payload-age soon", "7 d");
    row("record --demo --keep-payload-bytes 5", "1 MiB or more");
    row("record --demo --keep-payload-frames 0", "--keep-payload-frames");
    row("record --demo --fail-on anything", "--fail-on");
    row("record --demo --jsonl file.jsonl", "--jsonl");
    row("record --demo --token-url http://127.0.0.1:1/", "--token-url");
    row("record --demo --filter check.status==", "--filter");
    row("record --url http://127.0.0.1:1/", "--url");
    row("record --url ws://example.invalid/", "not encrypted");
    row("record --url ws://user:password@127.0.0.1:1/", "credentials");
    row("record --url ws://127.0.0.1:1/ --token-url http://example.invalid/", "not encrypted");
    row("record --url ws://127.0.0.1:1/ --token-url http://127.0.0.1:1/", "GENESYS_CLIENT_ID");
    row("record --url ws://127.0.0.1:1/ --header Authorization:x", "Authorization");
    row("record --url ws://127.0.0.1:1/ --header nonsense", "--header");
    row("record --url ws://127.0.0.1:1/ --header X:a\rb", "--header");
    row("record --url ws://127.0.0.1:1/ --ca-file /nowhere.pem", "--ca-file");
    row("record --notifications topic", "--region");
    row("record --audiohook 127.0.0.1:1", "not in this version");
    row("simulate --port 70000", "--port");
    row("simulate --scenario nowhere", "nowhere");
    row("replay", "session file");
    row("replay s.framescope --speed 101", "--speed");
    row("replay s.framescope --port 70000", "--port");
    row("export", "session file");
    row("export s.framescope --what all --format csv", "--what");
    row("export s.framescope --what audit --format har", "--what frames");
    row("export s.framescope --what frames --format jsonl --bom", "--bom");
    row("filter s.framescope", "expression");
    row("stats", "session file");
    row("stats s.framescope --since 5 --compared-to t.framescope", "--compared-to");
    row("stats s.framescope --schema=", "--schema");
    row("validate schema.json", "document");
}

void TestCommandLine::usageErrorsExitWithTwo()
{
    QFETCH(QString, arguments);
    QFETCH(QString, named);
    const Outcome outcome = runCli(m_folder->path(), arguments.split(u' ', Qt::SkipEmptyParts));
    QVERIFY2(outcome.exitCode == 2, outcome.err.constData());
    QVERIFY2(outcome.err.contains(named.toUtf8()), outcome.err.constData());
    QCOMPARE(outcome.out, QByteArray());
}

void TestCommandLine::recordsExactlyWhatAForeignServerSends()
{
    constexpr int messages = 20'000;
    ForeignServer server(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/integration/floodserver.py"),
                         {QString::number(messages)});
    QVERIFY2(server.port() != 0, server.errors().constData());
    const Outcome outcome =
        runCli(m_folder->path(), {QStringLiteral("record"), QStringLiteral("--url"),
                                  QStringLiteral("ws://127.0.0.1:%1/").arg(server.port()),
                                  QStringLiteral("--no-reconnect"), QStringLiteral("--stats"), path("s.json"),
                                  QStringLiteral("--audit-csv"), path("a.csv"), QStringLiteral("--session"),
                                  path("s.framescope"), QStringLiteral("--fail-on"), QStringLiteral("note")});
    QVERIFY2(outcome.exitCode == 0, outcome.err.constData());
    QCOMPARE(outcome.out, QByteArray());

    const QJsonObject stats = jsonFile(path("s.json"));
    QCOMPARE(number(stats, "frames_received"), qint64(messages));
    QCOMPARE(number(stats, "frames_accepted"), qint64(messages));
    QCOMPARE(number(stats, "frames_rejected"), qint64(0));
    QCOMPARE(number(stats, "frames_dropped"), qint64(0));
    QCOMPARE(number(stats, "reconnects"), qint64(0));
    QCOMPARE(number(stats, "session_bytes"), QFileInfo(path("s.framescope")).size());
    const QJsonObject types = stats.value(QStringLiteral("by_type")).toObject();
    QCOMPARE(number(types, "interaction.update"), qint64(messages / 2));
    QCOMPARE(number(types, "telephony.media"), qint64(messages / 2));
    for (const char* key : {"bytes_received", "seconds", "frames_per_second", "integrity_rate", "parse_latency_us",
                            "durable_latency_us", "findings", "peak_rss_bytes"})
        QVERIFY2(stats.contains(QString::fromLatin1(key)), key);

    // A row for each frame, in order, besides those of the life cycle.
    QFile csv(path("a.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    qint64 frameRows = 0;
    for (QByteArray line = csv.readLine(); !line.isEmpty(); line = csv.readLine())
        frameRows += line.contains(",frame-accepted,") ? 1 : 0;
    QCOMPARE(frameRows, qint64(messages));

    // And the session file says the same as the recording did.
    const Outcome again =
        runCli(m_folder->path(), {QStringLiteral("stats"), path("s.framescope"), QStringLiteral("--json")});
    QCOMPARE(again.exitCode, 0);
    const QJsonObject reread = QJsonDocument::fromJson(again.out).object();
    for (const char* key : {"frames_received", "frames_accepted", "frames_rejected", "bytes_received", "reconnects",
                            "by_type", "findings", "parse_latency_us", "session_bytes"})
        QCOMPARE(reread.value(QString::fromLatin1(key)), stats.value(QString::fromLatin1(key)));
}

void TestCommandLine::recordsTheDemoUpToItsFrameLimit()
{
    const Outcome outcome =
        runCli(m_folder->path(),
               recordDemo(words("--scenario quiet --rate 500 --frames 200 --jsonl - --stats s.json --fail-on note")));
    QVERIFY2(outcome.exitCode == 0, outcome.err.constData());
    QCOMPARE(outcome.out.count('\n'), 200);
    QCOMPARE(number(jsonFile(path("s.json")), "frames_received"), qint64(200));
    QVERIFY2(outcome.err.contains("Recorded 200 frames"), outcome.err.constData());

    const Outcome quiet =
        runCli(m_folder->path(), words("record --demo --scenario quiet --rate 500 --frames 20 --quiet"));
    QCOMPARE(quiet.exitCode, 0);
    QCOMPARE(quiet.err, QByteArray());
    QCOMPARE(quiet.out, QByteArray());
}

void TestCommandLine::wrongSecretExitsWithFour()
{
    SimulateProcess simulator(m_folder->path(), words("--scenario quiet"));
    QVERIFY2(simulator.isReady(), simulator.errors().constData());
    const Outcome outcome = runCli(m_folder->path(),
                                   {QStringLiteral("record"), QStringLiteral("--url"), simulator.value("STREAM_URL"),
                                    QStringLiteral("--token-url"), simulator.value("TOKEN_URL"),
                                    QStringLiteral("--session"), path("s.framescope")},
                                   {QStringLiteral("GENESYS_CLIENT_ID=") + simulator.value("GENESYS_CLIENT_ID"),
                                    QStringLiteral("GENESYS_CLIENT_SECRET=not-the-secret-of-it")});
    QVERIFY2(outcome.exitCode == 4, outcome.err.constData());
    QVERIFY2(outcome.err.contains("GENESYS_CLIENT_SECRET"), outcome.err.constData());
    QVERIFY(!outcome.err.contains("not-the-secret-of-it"));
}

void TestCommandLine::nobodyListeningExitsWithFive_data()
{
    QTest::addColumn<QString>("further");
    QTest::newRow("without reconnect") << "--no-reconnect";
    QTest::newRow("never connected until the limit") << "--seconds 0.5";
}

void TestCommandLine::nobodyListeningExitsWithFive()
{
    QFETCH(QString, further);
    QTcpServer reserved; // takes a free port, then gives it back
    QVERIFY(reserved.listen(QHostAddress::LocalHost));
    const quint16 port = reserved.serverPort();
    reserved.close();
    const Outcome outcome = runCli(m_folder->path(), QStringList{QStringLiteral("record"), QStringLiteral("--url"),
                                                                 QStringLiteral("ws://127.0.0.1:%1/").arg(port),
                                                                 QStringLiteral("--session"), path("s.framescope")} +
                                                         further.split(u' '));
    QVERIFY2(outcome.exitCode == 5, outcome.err.constData());
}

void TestCommandLine::findingsExitWithThreeWhenAskedTo()
{
    // A type that the matrix does not know is a finding; its severity decides what --fail-on says to it.
    ForeignServer server(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/integration/floodserver.py"),
                         {QStringLiteral("6"), QStringLiteral("{\"type\":")});
    QVERIFY2(server.port() != 0, server.errors().constData());
    const QStringList record{QStringLiteral("record"), QStringLiteral("--url"),
                             QStringLiteral("ws://127.0.0.1:%1/").arg(server.port()), QStringLiteral("--no-reconnect")};
    const Outcome strict = runCli(m_folder->path(), record + words("--stats s.json --fail-on error"));
    QVERIFY2(strict.exitCode == 3, strict.err.constData());
    const QJsonObject stats = jsonFile(path("s.json"));
    QCOMPARE(number(stats, "frames_received"), qint64(6));
    QCOMPARE(number(stats, "frames_rejected"), qint64(3));
    QCOMPARE(number(stats.value(QStringLiteral("findings")).toObject(), "JSON-PARSE"), qint64(3));
    const FindingInfo& parse = findingInfo(FindingId::JsonParse);
    for (const char* words : {parse.name, parse.title, parse.nextStep})
        QVERIFY2(strict.err.contains(words), strict.err.constData());
    QCOMPARE(runCli(m_folder->path(), record).exitCode, 0);
}

void TestCommandLine::signalFlushesAndEndsWithZeroWithoutALimit()
{
    for (const int signal : {SIGINT, SIGTERM}) {
        QFile::remove(path("s.framescope"));
        CliProcess cli(m_folder->path(), recordDemo(words("--rate 500 --jsonl - --stats s.json --audit-csv a.csv")));
        QVERIFY2(cli.waitForOutputLines(100), cli.errors().constData());
        cli.signal(signal);
        QVERIFY(cli.waitForEnd());
        QVERIFY2(cli.exitCode() == 0, cli.errors().constData());

        const QJsonObject stats = jsonFile(path("s.json"));
        QVERIFY(number(stats, "frames_received") >= 100);
        QCOMPARE(number(stats, "frames_dropped"), qint64(0));
        const Outcome count = runCli(
            m_folder->path(), {QStringLiteral("filter"), path("s.framescope"), QString(), QStringLiteral("--count")});
        QCOMPARE(count.out.trimmed().toLongLong(), number(stats, "frames_received"));
        QVERIFY(QFileInfo(path("a.csv")).size() > 0);
        QVERIFY(!QFileInfo::exists(path("s.framescope-wal"))); // closed properly: one file
    }
}

void TestCommandLine::signalBeforeTheLimitEndsWith130()
{
    CliProcess cli(m_folder->path(), recordDemo(words("--rate 500 --jsonl - --seconds 1000")));
    QVERIFY2(cli.waitForOutputLines(20), cli.errors().constData());
    cli.signal(SIGTERM);
    QVERIFY(cli.waitForEnd());
    QCOMPARE(cli.exitCode(), 130);
    QCOMPARE(runCli(m_folder->path(), {QStringLiteral("stats"), path("s.framescope")}).exitCode, 0);
}

void TestCommandLine::fullDiskIsNotCalledRecorded()
{
    // As on a full disk: files may not grow beyond 1 MiB.
    const Outcome outcome = runShell(
        m_folder->path(), QStringLiteral("trap '' XFSZ; ulimit -f 1024; '%1' record --demo --scenario storm --rate 0"
                                         " --seconds 30 --session s.framescope --stats s.json")
                              .arg(cliPath()));
    QCOMPARE(outcome.exitCode, 1);
    QVERIFY2(!outcome.err.contains("\nRecorded") && outcome.err.contains("NOT all of them are in the session file") &&
                 outcome.err.contains("disk"),
             outcome.err.constData());
    const QJsonObject stats = jsonFile(path("s.json"));
    QVERIFY(number(stats, "frames_dropped") > 0);
    QCOMPARE(stats.value(QStringLiteral("error")).toString(), QStringLiteral("storage"));
    QCOMPARE(runCli(m_folder->path(), words("verify s.framescope")).exitCode, 0); // what was committed
}

void TestCommandLine::existingSessionIsNotOverwritten()
{
    write("s.framescope", "mine");
    const Outcome outcome = runCli(m_folder->path(), recordDemo(words("--frames 1")));
    QVERIFY2(outcome.exitCode == 1, outcome.err.constData());
    QCOMPARE(QFileInfo(path("s.framescope")).size(), qint64(4));
}

void TestCommandLine::exportsTheSameBytesToFileAndStandardOutput()
{
    QCOMPARE(runCli(m_folder->path(), recordDemo(words("--scenario quiet --rate 500 --frames 300"))).exitCode, 0);
    for (const char* what : {"frames", "audit"}) {
        for (const char* format : {"csv", "jsonl"}) {
            const QStringList arguments{QStringLiteral("export"),   path("s.framescope"),
                                        QStringLiteral("--what"),   QString::fromLatin1(what),
                                        QStringLiteral("--format"), QString::fromLatin1(format)};
            const Outcome piped = runCli(m_folder->path(), arguments);
            QVERIFY2(piped.exitCode == 0, piped.err.constData());
            QVERIFY(piped.out.count('\n') >= 300);
            const Outcome filed =
                runCli(m_folder->path(), arguments + QStringList{QStringLiteral("--out"), path("out")});
            QVERIFY2(filed.exitCode == 0, filed.err.constData());
            QCOMPARE(filed.out, QByteArray());
            QFile file(path("out"));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll(), piped.out);
        }
    }
    const Outcome lines = runCli(m_folder->path(), {QStringLiteral("filter"), path("s.framescope"),
                                                    QStringLiteral("msg.type == telephony.media")});
    const Outcome count =
        runCli(m_folder->path(), {QStringLiteral("filter"), path("s.framescope"),
                                  QStringLiteral("msg.type == telephony.media"), QStringLiteral("--count")});
    QCOMPARE(lines.exitCode, 0);
    QCOMPARE(count.out.trimmed().toLongLong(), qint64(lines.out.count('\n')));
    QCOMPARE(lines.out.count("\ttelephony.media\t"), lines.out.count('\n'));
}

void TestCommandLine::removedPayloadsAreSaidByEveryCommand()
{
    const Outcome recorded =
        runCli(m_folder->path(), recordDemo(words("--scenario quiet --rate 0 --frames 2000 --keep-payload-frames 400 "
                                                  "--keep-payload-age 1d --keep-payload-bytes 1GiB")));
    QVERIFY2(recorded.exitCode == 0, recorded.err.constData());
    QVERIFY(recorded.err.contains("the rest of each frame stays"));
    const QString session = path("s.framescope");
    const Outcome verified = runCli(m_folder->path(), {QStringLiteral("verify"), session});
    QVERIFY2(verified.exitCode == 0 && verified.out.contains("frames were removed"), verified.out.constData());
    const Outcome stats = runCli(m_folder->path(), {QStringLiteral("stats"), session, QStringLiteral("--json")});
    const QJsonObject said =
        QJsonDocument::fromJson(stats.out).object().value(QStringLiteral("payloads_removed")).toObject();
    QVERIFY(number(said, "frames") >= 1400 && number(said, "frames") <= 1600 && number(said, "bytes") > 0);
    const Outcome exported =
        runCli(m_folder->path(),
               {QStringLiteral("export"), session, QStringLiteral("--what"), QStringLiteral("frames"),
                QStringLiteral("--format"), QStringLiteral("jsonl"), QStringLiteral("--out"), path("out.jsonl")});
    QVERIFY2(exported.exitCode == 0, exported.err.constData());
    QFile lines(path("out.jsonl"));
    QVERIFY(lines.open(QIODevice::ReadOnly));
    const QByteArray first = lines.readLine();
    QVERIFY2(first.contains(R"("rule":"frames")") && !first.contains("\"payload\":"), first.constData());
    const QJsonObject manifest = jsonFile(path("out.jsonl.manifest.json"));
    QCOMPARE(number(manifest.value(QStringLiteral("payloads_removed")).toObject(), "rows"), number(said, "frames"));
    const Outcome searched =
        runCli(m_folder->path(), {QStringLiteral("export"), session, QStringLiteral("--what"), QStringLiteral("frames"),
                                  QStringLiteral("--format"), QStringLiteral("csv"), QStringLiteral("--filter"),
                                  QStringLiteral("nowhere-to-be-found")});
    QVERIFY2(searched.err.contains("could not be looked for"), searched.err.constData());
}

void TestCommandLine::readerThatLeavesEndsItQuietly()
{
    QCOMPARE(runCli(m_folder->path(), recordDemo(words("--scenario quiet --rate 5000 --frames 2000"))).exitCode, 0);
    const QString session = path("s.framescope");
    for (const QString& command :
         {QStringLiteral("export '%1' --what frames --format jsonl"), QStringLiteral("filter '%1' ''"),
          QStringLiteral("record --demo --rate 500 --jsonl - --quiet")}) {
        const QString arguments = command.contains(u'%') ? command.arg(session) : command;
        const Outcome outcome = runShell(
            m_folder->path(), QStringLiteral("set -o pipefail; '%1' %2 | head -n 1").arg(cliPath(), arguments));
        QVERIFY2(outcome.exitCode == 0, outcome.err.constData());
        QCOMPARE(outcome.out.count('\n'), 1);
        QCOMPARE(outcome.err, QByteArray());
    }
}

void TestCommandLine::statsTellsShapesChangesAndASchema()
{
    const Outcome record =
        runCli(m_folder->path(), recordDemo(words("--scenario quiet --rate 2000 --frames 300 --quiet --jsonl -")));
    QVERIFY2(record.exitCode == 0, record.err.constData());
    QByteArray update; // a message as it came
    const QByteArrayList lines = record.out.split('\n');
    for (const QByteArray& line : lines) {
        const QJsonObject frame = QJsonDocument::fromJson(line).object();
        if (frame.value(QStringLiteral("msg_type")) == QStringLiteral("interaction.update"))
            update = QJsonDocument(frame.value(QStringLiteral("payload")).toObject()).toJson();
    }
    QVERIFY(!update.isEmpty());

    const auto stats = [this](const char* options) {
        return runCli(m_folder->path(), words("stats s.framescope") + words(options));
    };
    const Outcome table = stats("--shapes");
    QVERIFY2(table.exitCode == 0, table.err.constData());
    QVERIFY2(table.out.contains("interaction.update"), table.out.constData());
    QVERIFY2(table.out.contains("/routing/queueId"), table.out.constData());
    const QJsonObject shapes = QJsonDocument::fromJson(stats("--shapes --json").out).object();
    QCOMPARE(number(shapes, "frames_learnt_from") + number(shapes, "frames_binary"), qint64(300));
    QVERIFY(!shapes.contains(QStringLiteral("changes")));
    const QJsonObject since = QJsonDocument::fromJson(stats("--shapes --json --since 150").out).object();
    QVERIFY(since.value(QStringLiteral("changes")).isArray());
    const QJsonObject same = QJsonDocument::fromJson(stats("--shapes --json --compared-to s.framescope").out).object();
    QCOMPARE(same.value(QStringLiteral("changes")), QJsonValue(QJsonArray()));
    for (const char* beyond : {"--since 301", "--since soon"})
        QCOMPARE(stats(beyond).exitCode, 2);

    const Outcome schema = stats("--schema interaction.update");
    QVERIFY2(schema.exitCode == 0, schema.err.constData());
    write("schema.json", schema.out);
    write("update.json", update);
    write("other.json", "[]");
    QCOMPARE(runCli(m_folder->path(), words("validate schema.json update.json")).exitCode, 0);
    QCOMPARE(runCli(m_folder->path(), words("validate schema.json other.json")).exitCode, 3);
    const Outcome unknown = stats("--schema nothing.like.it");
    QCOMPARE(unknown.exitCode, 1);
    QVERIFY2(unknown.err.contains("interaction.update"), unknown.err.constData());
}

void TestCommandLine::verifyNamesTheFirstEntryThatWasChanged()
{
    const Outcome recorded =
        runCli(m_folder->path(), recordDemo(words("--scenario quiet --rate 500 --frames 200 --session s.framescope")));
    QVERIFY2(recorded.exitCode == 0, recorded.err.constData());
    const Outcome sound = runCli(m_folder->path(), words("verify s.framescope"));
    QVERIFY2(sound.exitCode == 0, sound.out.constData());
    QVERIFY2(sound.out.contains("The audit log is sound.") && sound.out.contains("this computer's key") &&
                 sound.out.contains("1 met, with the one that this computer keeps"),
             sound.out.constData());

    const QFileInfo key(path("xdg_config_home/framescope/signing-key.pem"));
    QCOMPARE(key.permissions() & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther),
             QFile::Permissions());
    QVERIFY(key.permissions() & QFile::ReadOwner);

    // What it prints as head is an anchor; a wrong one, and a key that is not the one, are told.
    const qsizetype at = sound.out.indexOf("head ");
    const QString head = QString::fromLatin1(sound.out.mid(at + 5, sound.out.indexOf('\n', at) - at - 5).trimmed());
    QCOMPARE(runCli(m_folder->path(), words("verify s.framescope --anchor") + QStringList(head)).exitCode, 0);
    QCOMPARE(runCli(m_folder->path(), words("verify s.framescope --anchor 00112233445566778899aabbccddeeff")).exitCode,
             6);
    QCOMPARE(runCli(m_folder->path(), words("verify s.framescope --anchor 0011")).exitCode, 2);
    QCOMPARE(
        runShell(m_folder->path(), QStringLiteral("openssl genpkey -algorithm ed25519 -out other.pem && openssl pkey "
                                                  "-in other.pem -pubout -out other.pub.pem"))
            .exitCode,
        0);
    const Outcome stranger = runCli(m_folder->path(), words("verify s.framescope --public-key other.pub.pem"));
    QVERIFY2(stranger.exitCode == 6 && stranger.out.contains("not signed with the expected key"),
             stranger.out.constData());

    QCOMPARE(
        runShell(m_folder->path(), QStringLiteral("python3 -c \"import sqlite3; db = sqlite3.connect('s.framescope'); "
                                                  "db.execute('DROP TRIGGER event_no_update'); db.execute('UPDATE "
                                                  "audit_event SET wall_ns=wall_ns+1 WHERE seq=2'); db.commit()\""))
            .exitCode,
        0);
    const Outcome changed = runCli(m_folder->path(), words("verify s.framescope"));
    QVERIFY2(changed.exitCode == 6 && changed.out.contains("Entry 2 is not the one that was recorded"),
             changed.out.constData());
}

void TestCommandLine::killedRecordingVerifiesAndTheNextOneSaysSo()
{
    CliProcess recording(m_folder->path(),
                         recordDemo(words("--scenario quiet --rate 2000 --session s.framescope --jsonl -")));
    QVERIFY(recording.waitForOutputLines(3'000));
    recording.signal(SIGKILL);
    QVERIFY(recording.waitForEnd());
    const Outcome verified = runCli(m_folder->path(), words("verify s.framescope"));
    QVERIFY2(verified.exitCode == 0, verified.out.constData());
    QVERIFY2(verified.out.contains("was interrupted after the last entry"), verified.out.constData());

    const Outcome next =
        runCli(m_folder->path(), recordDemo(words("--scenario quiet --rate 500 --frames 20 --session t.framescope")));
    QVERIFY2(next.exitCode == 0, next.err.constData());
    const Outcome log = runCli(m_folder->path(), words("export t.framescope --what audit --format jsonl"));
    QVERIFY2(log.out.left(log.out.indexOf('\n')).contains(R"("previous":{"end":"interrupted")"), log.out.constData());
}

void TestCommandLine::damagedKeyIsKeptAndNobodySigns()
{
    QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("xdg_config_home/framescope")));
    write("xdg_config_home/framescope/signing-key.pem", "no key");
    const Outcome recorded =
        runCli(m_folder->path(), recordDemo(words("--scenario quiet --rate 500 --frames 20 --session s.framescope")));
    QVERIFY2(recorded.exitCode == 0, recorded.err.constData());
    QFile key(path("xdg_config_home/framescope/signing-key.pem"));
    QVERIFY(key.open(QIODevice::ReadOnly));
    QCOMPARE(key.readAll(), "no key");
    const Outcome log = runCli(m_folder->path(), words("export s.framescope --what audit --format jsonl"));
    QVERIFY2(log.out.contains(R"("severity":"warning","actor":"framescope","action":"signing-key")"),
             log.out.constData());
    const Outcome verified = runCli(m_folder->path(), words("verify s.framescope"));
    QVERIFY2(verified.exitCode == 6 && verified.out.contains("nobody signed them"), verified.out.constData());
}

void TestCommandLine::validateTellsValidFromInvalid()
{
    write("schema.json", R"({"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}})");
    write("good.json", R"({"id":1})");
    write("bad.json", R"({"id":"one"})");
    write("broken.json", R"({"id":)");
    const auto validate = [this](const QStringList& documents) {
        return runCli(m_folder->path(), words("validate schema.json") + documents);
    };
    QCOMPARE(validate({QStringLiteral("good.json")}).exitCode, 0);
    const Outcome bad = validate({QStringLiteral("good.json"), QStringLiteral("bad.json")});
    QCOMPARE(bad.exitCode, 3);
    QVERIFY2(bad.out.contains("good.json: valid"), bad.out.constData());
    const FindingInfo& wrongType = findingInfo(FindingId::SchemaType);
    for (const QByteArray& words :
         {QByteArray("bad.json: SCHEMA-TYPE error at /id, bytes 6 to 10 (schema /properties/id/type): ") +
              wrongType.title + "; expected integer; actual \"one\"\n",
          QByteArray("likely cause: ") + wrongType.cause, QByteArray("Next step: ") + wrongType.nextStep})
        QVERIFY2(bad.out.contains(words), (words + bad.out).constData());
    QCOMPARE(validate({QStringLiteral("broken.json")}).exitCode, 3);
    QCOMPARE(validate({QStringLiteral("missing.json"), QStringLiteral("bad.json")}).exitCode, 1);
    QCOMPARE(runCli(m_folder->path(), words("validate broken.json good.json")).exitCode, 1);
}

void TestCommandLine::controlCharactersFromTheWireNeverReachTheTerminal()
{
    ForeignServer server(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/integration/floodserver.py"),
                         {QStringLiteral("4"), QStringLiteral("{\"type\":\"\\u001b[31m\\u0007 evil\"}")});
    QVERIFY2(server.port() != 0, server.errors().constData());
    const Outcome record =
        runCli(m_folder->path(),
               {QStringLiteral("record"), QStringLiteral("--url"),
                QStringLiteral("ws://127.0.0.1:%1/").arg(server.port()), QStringLiteral("--no-reconnect"),
                QStringLiteral("--session"), path("s.framescope"), QStringLiteral("--jsonl"), QStringLiteral("-")});
    QVERIFY2(record.exitCode == 0, record.err.constData());
    const Outcome stats = runCli(m_folder->path(), {QStringLiteral("stats"), path("s.framescope")});
    const Outcome filter = runCli(m_folder->path(), {QStringLiteral("filter"), path("s.framescope"), QString()});
    for (const QByteArray& text : {record.out, record.err, stats.out, filter.out}) {
        QVERIFY(!text.contains('\x1b'));
        QVERIFY(!text.contains('\x07'));
    }
    QCOMPARE(filter.out.count('\n'), 4);
}

void TestCommandLine::credentialsComeFromDotEnv()
{
    SimulateProcess simulator(m_folder->path(), words("--scenario quiet --rate 500"));
    QVERIFY2(simulator.isReady(), simulator.errors().constData());
    write(".env", simulator.output()); // what simulate prints is what record takes
    const QStringList record{QStringLiteral("record"),      QStringLiteral("--url"),      simulator.value("STREAM_URL"),
                             QStringLiteral("--token-url"), simulator.value("TOKEN_URL"), QStringLiteral("--frames"),
                             QStringLiteral("10")};
    const Outcome outcome = runCli(m_folder->path(), record);
    QVERIFY2(outcome.exitCode == 0, outcome.err.constData());
    // The environment comes first.
    QCOMPARE(runCli(m_folder->path(), record, {QStringLiteral("GENESYS_CLIENT_SECRET=another-secret")}).exitCode, 4);
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
