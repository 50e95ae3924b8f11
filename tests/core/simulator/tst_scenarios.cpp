/// Each scenario sends what it says: the ledger is held against what a reader gets, fault by fault.
#include "core/frame/auditevent.h"
#include "core/frame/findingcatalogue.h"
#include "core/simulator/simulator.h"
#include "tests/core/simulator/rawstream.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QStringDecoder>
#include <QTest>
#include <QtEndian>
#include <algorithm>
#include <map>

using namespace framescope;
using namespace framescope::test;

namespace {

/// What a careful reader says about one message after the other, in the words of the findings; written for this test
/// alone.
class Reader
{
public:
    void connectionStarted() { m_sequence = m_mediaSequence = 0; }

    QByteArray judge(const WireMessage& message)
    {
        const QByteArray& payload = message.payload;
        if (payload.size() > 5 * 1024 * 1024)
            return "SIZE-GATE";
        if (message.opcode == 2 && payload.startsWith("TMED"))
            return judgeMedia(payload);
        QStringDecoder utf8(QStringDecoder::Utf8);
        const QString text = utf8(payload);
        if (utf8.hasError())
            return "UTF8-INVALID";
        const QJsonObject object = QJsonDocument::fromJson(payload).object();
        if (object.isEmpty())
            return "JSON-PARSE";
        const QString type = object.value(QStringLiteral("type")).toString();
        if (type == QLatin1String("keepalive"))
            return payload.size() == 20 ? "" : "KEEPALIVE-SIZE";
        return type == QLatin1String("interaction.update") ? judgeUpdate(object, payload.size()) : "TYPE-UNKNOWN";
    }

private:
    QByteArray judgeMedia(const QByteArray& payload)
    {
        const bool inOrder = qFromBigEndian<quint32>(payload.constData() + 8) == ++m_mediaSequence;
        if (payload.at(4) != 1 || payload.at(5) != 0 || payload.at(6) < 1 || payload.at(6) > 2 ||
            payload.size() != 1648 || !inOrder)
            return "MEDIA-HEADER";
        const bool same =
            QCryptographicHash::hash(payload.sliced(48), QCryptographicHash::Sha256) == payload.sliced(16, 32);
        return same ? "" : "CHECKSUM-MISMATCH";
    }

    QByteArray judgeUpdate(const QJsonObject& object, qsizetype size)
    {
        const QString id = object.value(QStringLiteral("id")).toString();
        if (m_ids.contains(id))
            return "DUPLICATE-ID";
        m_ids.insert(id);
        const int before = std::exchange(m_sequence, object.value(QStringLiteral("sequence")).toInt());
        for (const char* member :
             {"conversationId", "version", "timestamp", "mediaType", "state", "queue", "participants", "routing"}) {
            if (!object.contains(QLatin1String(member)))
                return "SCHEMA-REQUIRED";
        }
        for (const QJsonValue& participant : object.value(QStringLiteral("participants")).toArray()) {
            if (!participant[QStringLiteral("purpose")].isString() || !participant[QStringLiteral("state")].isString())
                return "SCHEMA-REQUIRED";
        }
        const QJsonValue routing = object.value(QStringLiteral("routing"));
        if (routing[QStringLiteral("queueId")] != object.value(QStringLiteral("queue"))[QStringLiteral("id")])
            return "QUEUE";
        if (!routing[QStringLiteral("priority")].isDouble())
            return "SCHEMA-TYPE";
        if (routing[QStringLiteral("priority")].toInt() > 10 || routing[QStringLiteral("waitMs")].toInt(-1) < 0)
            return "SCHEMA-RANGE";
        if (m_sequence != before + 1)
            return m_sequence > before ? "SEQUENCE-GAP" : "SEQUENCE-REPEAT";
        return size > 1024 * 1024 ? "SIZE-LARGE" : "";
    }

    int m_sequence = 0;
    quint32 m_mediaSequence = 0;
    QSet<QString> m_ids;
};

/// Findings by the number of their message, as the ledger says that they must be.
std::map<quint64, QByteArray> expectedFindings(const SimulatorLedger& ledger)
{
    std::map<quint64, QByteArray> expected;
    for (const SentFault& fault : ledger.faults) {
        if (!fault.expectedFinding.isEmpty())
            expected[fault.frame] = fault.expectedFinding;
    }
    return expected;
}

struct Service
{
    explicit Service(const SimulatorOptions& options)
        : thread(options)
    {
        const auto started = thread.start();
        if (!started)
            qFatal("the simulator does not start: %s", qPrintable(started.error().detail));
        endpoint = *started;
    }
    [[nodiscard]] quint16 port() const { return quint16(endpoint.tokenUrl.port()); }
    [[nodiscard]] QByteArray askForToken() const
    {
        return exchange(port(), tokenRequest(endpoint.clientId, endpoint.clientSecret.reveal()));
    }

    /// Whether the simulator did that by now: silence alone may be a slow machine.
    [[nodiscard]] bool hasDone(const QByteArray& name) const
    {
        const SimulatorLedger ledger = thread.ledger();
        return std::any_of(ledger.faults.begin(), ledger.faults.end(),
                           [&name](const SentFault& fault) { return fault.fault == name; });
    }

    SimulatorThread thread;
    SimulatorThread::Endpoint endpoint;
};

/// Reads to the end of one connection. Leaves by itself after ten fat messages, as the circuit breaker does, and when
/// the stream stands still because it was told to.
QByteArray readConnection(const Service& service, RawStream& stream, Reader& reader, quint64& number,
                          std::map<quint64, QByteArray>& found)
{
    reader.connectionStarted();
    int fat = 0;
    for (int silent = 0; silent < 100; ++silent) {
        while (const auto message = stream.next(100)) {
            silent = 0;
            ++number;
            const QByteArray finding = reader.judge(*message);
            if (!finding.isEmpty())
                found[number] = finding;
            if (message->payload.size() >= 3'000'000 && finding == "SIZE-LARGE" && ++fat == 10)
                return "breaker-opened";
        }
        switch (stream.end()) {
        case RawStream::End::CloseFrame:
            return "close-" + QByteArray::number(stream.closeCode());
        case RawStream::End::Reset:
            return "tcp-reset";
        case RawStream::End::Timeout:
            if (stream.pendingBytes() > 0 && service.hasDone("stall"))
                return "stall";
            break;
        default:
            return "end";
        }
    }
    return "silence";
}

} // namespace

class TstScenarios : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanScenariosHaveNoFault_data();
    void cleanScenariosHaveNoFault();
    void demoSendsEveryKindThatItLists();
    void demoRestartsTheService();
    void badDayBringsEveryFaultOnce();
    void badDayGoesOnWithoutABreaker();
    void listNamesOnlyWhatIsKnown();
};

void TstScenarios::cleanScenariosHaveNoFault_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"quiet", "busy-hour", "storm", "load"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TstScenarios::cleanScenariosHaveNoFault()
{
    QFETCH(QString, name);
    SimulatorOptions options;
    options.scenario = name;
    options.rate = 0;
    options.frames = 5000;
    const Service service(options);
    RawStream stream;
    QCOMPARE(stream.open(service.port(), tokenIn(service.askForToken())), 101);
    Reader reader;
    quint64 number = 0;
    std::map<quint64, QByteArray> found;
    QCOMPARE(readConnection(service, stream, reader, number, found), QByteArray("close-1000"));
    QCOMPARE(number, options.frames);
    QVERIFY(found.empty());
    QVERIFY(service.thread.ledger().faults.empty());
    QVERIFY(service.thread.ledger().finished);
}

void TstScenarios::demoSendsEveryKindThatItLists()
{
    SimulatorOptions options;
    options.rate = 0;
    options.frames = 20'000;
    const Service service(options);
    RawStream stream;
    QCOMPARE(stream.open(service.port(), tokenIn(service.askForToken())), 101);
    Reader reader;
    quint64 number = 0;
    std::map<quint64, QByteArray> found;
    QCOMPARE(readConnection(service, stream, reader, number, found), QByteArray("close-1000"));
    const SimulatorLedger ledger = service.thread.ledger();
    QCOMPARE(number, ledger.messages);
    QCOMPARE(number, options.frames);
    QCOMPARE(found, expectedFindings(ledger));
    QSet<QByteArray> kinds;
    for (const SentFault& fault : ledger.faults)
        kinds.insert(fault.fault);
    QCOMPARE(kinds.size(), 8);
    QVERIFY(ledger.faults.size() > 60 && ledger.faults.size() < 140); // 0.5 %
    QVERIFY(ledger.faults.front().frame < 4000);                      // within the first two seconds at 2,000/s
}

void TstScenarios::demoRestartsTheService()
{
    SimulatorOptions options;
    options.rate = 200;
    options.timeScale = 100; // 25 s become 0.25 s
    const Service service(options);
    const QByteArray token = tokenIn(service.askForToken());
    Reader reader;
    quint64 number = 0;
    std::map<quint64, QByteArray> found;
    for (quint64 round = 1; round <= 2; ++round) {
        RawStream stream;
        QCOMPARE(stream.open(service.port(), token), 101);
        QCOMPARE(readConnection(service, stream, reader, number, found), QByteArray("close-1001"));
        QCOMPARE(service.thread.ledger().connections, round);
    }
    const SimulatorLedger ledger = service.thread.ledger();
    QCOMPARE(std::count_if(ledger.faults.begin(), ledger.faults.end(),
                           [](const SentFault& fault) { return fault.expectedEvent == "closed"; }),
             2);
}

void TstScenarios::badDayBringsEveryFaultOnce()
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("bad-day");
    options.rate = 20'000;
    const Service service(options);
    QByteArray answer;
    for (int refusal = 0; refusal < 2; ++refusal) {
        answer = service.askForToken();
        QCOMPARE(statusOf(answer), 429);
        QVERIFY(answer.contains("\r\nRetry-After: 1\r\n"));
    }
    QByteArray token = tokenIn(service.askForToken());
    Reader reader;
    quint64 number = 0;
    std::map<quint64, QByteArray> found;
    QList<QByteArray> ends;
    while (!ends.contains("close-1000") && ends.size() < 20) {
        RawStream stream;
        const int status = stream.open(service.port(), token, [&service] { return service.hasDone("mute-handshake"); });
        if (status == 101) {
            ends += readConnection(service, stream, reader, number, found);
        } else {
            ends += status == 0 ? QByteArray("mute") : QByteArray::number(status);
            if (status == 401)
                token = tokenIn(service.askForToken());
        }
    }
    QCOMPARE(ends, QList<QByteArray>({"breaker-opened", "stall", "close-1001", "close-1008", "close-1011", "close-1012",
                                      "tcp-reset", "mute", "401", "close-1000"}));
    const SimulatorLedger ledger = service.thread.ledger();
    QVERIFY(ledger.finished);
    QCOMPARE(number, ledger.messages);
    QCOMPARE(found, expectedFindings(ledger));

    std::map<QByteArray, int> faults;
    for (const SentFault& fault : ledger.faults)
        ++faults[fault.fault];
    QCOMPARE(faults["fat-minute"], 10 + 3); // ten messages, three events
    QCOMPARE(faults["rate-limited-twice"], 2);
    faults.erase("fat-minute");
    faults.erase("rate-limited-twice");
    QCOMPARE(faults.size(), std::size_t(18));
    for (const auto& [fault, count] : faults)
        QVERIFY2(count == 1, fault.constData());
}

void TstScenarios::badDayGoesOnWithoutABreaker()
{
    SimulatorOptions options;
    options.scenario = QStringLiteral("bad-day");
    options.rate = 0;
    options.frames = 100; // 12 fat ones, and then traffic
    const Service service(options);
    QByteArray token;
    for (int i = 0; i < 3; ++i)
        token = tokenIn(service.askForToken());
    RawStream stream;
    QCOMPARE(stream.open(service.port(), token), 101);
    int messages = 0;
    int fat = 0;
    while (const auto message = stream.next()) {
        ++messages;
        fat += message->payload.size() >= 3'000'000 ? 1 : 0;
    }
    QCOMPARE(stream.closeCode(), 1000);
    QCOMPARE(messages, 100);
    QCOMPARE(fat, 12);
}

void TstScenarios::listNamesOnlyWhatIsKnown()
{
    QStringList names;
    for (const ScenarioInfo& scenario : Simulator::scenarios()) {
        names += scenario.name;
        QVERIFY(!scenario.summary.isEmpty());
        for (const QString& line : scenario.faults) {
            const QStringList causes = line.section(QStringLiteral(" -> "), 1).split(QStringLiteral(", "));
            for (const QString& cause : causes) {
                QVERIFY2(findingByName(cause.toLatin1()) ||
                             auditActionFromName(cause.toLatin1()) != AuditAction::Count_,
                         qPrintable(line));
            }
        }
        if (scenario.name == QLatin1String("bad-day"))
            QCOMPARE(scenario.faults.size(), 20);
    }
    QCOMPARE(names, QStringList({QStringLiteral("quiet"), QStringLiteral("busy-hour"), QStringLiteral("storm"),
                                 QStringLiteral("demo"), QStringLiteral("load"), QStringLiteral("bad-day"),
                                 QStringLiteral("contact-centre"), QStringLiteral("contact-centre-outages")}));
}

QTEST_GUILESS_MAIN(TstScenarios)
#include "tst_scenarios.moc"
