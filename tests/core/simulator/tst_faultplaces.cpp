/// Every fault that the simulator can make is explained at the right place: what its ledger says of each one (finding,
/// pointer, bytes, or that it is about the stream) is held against what the decoder finds.
#include "core/frame/auditevent.h"
#include "core/gate/sizegate.h"
#include "core/simulator/channelfault.h"
#include "core/simulator/messagemaker.h"
#include "core/simulator/notificationworld.h"
#include "tests/core/decode/notificationbench.h"
#include "tests/core/simulator/notificationclient.h"
#include "tests/core/simulator/rawstream.h"

#include <QSet>
#include <QTcpSocket>
#include <QTest>
#include <map>
#include <set>

using namespace framescope;
using namespace framescope::test;
using namespace std::chrono_literals;

namespace {

constexpr qint64 noon = 1'767'607'200'000; // 2026-01-05T10:00:00Z
constexpr qsizetype fatBytes = 3'000'000;
constexpr int patienceMs = 60'000; // for a busy machine; a quiet one needs hardly any of it

/// "SCHEMA-TYPE /routing/priority @512+3"
QByteArray placed(const QByteArray& finding, const QByteArray& pointer, quint32 offset, quint32 length)
{
    return finding + ' ' + pointer + " @" + QByteArray::number(offset) + '+' + QByteArray::number(length);
}

QByteArray placed(const QByteArray& finding, const FaultPlace& place)
{
    return placed(finding, place.pointer, place.offset, place.length);
}

/// What is found or must be found, by the number of the message.
using Findings = std::map<quint64, QByteArrayList>;

/// The gate and the decoder, as one message after the other meets them.
class Judge
{
public:
    explicit Judge(const DecoderOptions& options = {})
        : m_bench(options)
    {
    }

    void connectionStarted() { m_bench.decoder().connectionStarted(0); }
    QByteArrayList judge(const WireMessage& message)
    {
        m_bench.batch = {};
        if (gateDecision(quint64(message.payload.size()), {}) == GateDecision::Refuse)
            m_bench.gated(quint64(message.payload.size()));
        else if (message.opcode == 1)
            m_bench.text(message.payload);
        else
            m_bench.bytes(message.payload);
        QByteArrayList found;
        for (const Finding& each : m_bench.batch.findingsOf(0))
            found += placed(findingInfo(each.id).name, each.pointer, each.range.offset, each.range.length);
        ++number;
        if (!found.isEmpty())
            findings[number] = found;
        return found;
    }

    quint64 number = 0;
    Findings findings;

private:
    Bench m_bench;
};

/// Those of the first @p messages.
Findings expectedFindings(const SimulatorLedger& ledger, quint64 messages = UINT64_MAX)
{
    Findings expected;
    for (const SentFault& fault : ledger.faults) {
        if (fault.place && fault.frame <= messages)
            expected[fault.frame] += placed(fault.expectedFinding, *fault.place);
    }
    return expected;
}

/// The payloads of whole unmasked frames.
std::vector<WireMessage> messagesIn(const std::string& wire)
{
    std::vector<WireMessage> messages;
    for (std::size_t at = 0; at < wire.size();) {
        std::size_t size = quint8(wire[at + 1]);
        const std::size_t sizeBytes = size == 126 ? 2 : size == 127 ? 8 : 0;
        for (std::size_t i = 0; i < sizeBytes; ++i)
            size = (i == 0 ? 0 : size << 8) | quint8(wire[at + 2 + i]);
        const std::size_t from = at + 2 + sizeBytes;
        messages.push_back({quint8(wire[at] & 0x0F), QByteArray(wire.data() + from, qsizetype(size))});
        at = from + size;
    }
    return messages;
}

/// Reads to the end of one connection. Leaves after ten fat messages, as the circuit breaker does, and when the stream
/// stands still because it was told to.
void readConnection(const NotificationClient& service, RawStream& stream, Judge& judge)
{
    const auto standsStill = [&] {
        const SimulatorLedger ledger = service.thread.ledger();
        return std::any_of(ledger.faults.begin(), ledger.faults.end(),
                           [](const SentFault& fault) { return fault.fault == "stall"; });
    };
    judge.connectionStarted();
    int fat = 0;
    for (int silent = 0; silent < 100; ++silent) {
        while (const auto message = stream.next(100)) {
            silent = 0;
            judge.judge(*message);
            const bool isFat = message->payload.size() >= fatBytes && message->payload.size() < 2 * fatBytes - 1;
            if (isFat && ++fat == 10)
                return;
        }
        if (stream.end() != RawStream::End::Timeout || (stream.pendingBytes() > 0 && standsStill()))
            return;
    }
}

/// Of a fault of the stream: what it causes is an event, and there is no place.
void verifyIsOfTheStream(const SentFault& fault)
{
    QVERIFY2(!fault.place && fault.expectedFinding.isEmpty(), fault.fault.constData());
    QVERIFY2(auditActionFromName(fault.expectedEvent) != AuditAction::Count_, fault.fault.constData());
}

/// Tells the story to nobody but the decoder: each message as it is, and made odd in each way.
class OddAudience : public EventAudience
{
public:
    bool hears(std::string_view topic) override
    {
        for (int kind = 0; kind < int(TopicKind::Count_); ++kind) {
            const TopicKindInfo& info = topicKindInfo(TopicKind(kind));
            const std::size_t fixed = info.prefix.size() + info.suffix.size();
            const bool fits = topic.size() > fixed && topic.starts_with(info.prefix) && topic.ends_with(info.suffix);
            const bool hasId =
                fits && topic.substr(info.prefix.size(), topic.size() - fixed).find('.') == std::string_view::npos;
            if (hasId)
                m_kind = TopicKind(kind);
        }
        return true;
    }
    void deliver(std::string_view message, const Oddity&) override
    {
        judge(std::string(message), {});
        for (const Fault fault : {Fault::UnknownField, Fault::NewEnumValue, Fault::WrongType}) {
            std::string odd(message);
            const std::size_t body = odd.find(R"("eventBody":)") + 12;
            if (const auto place = makeOdd(fault, m_kind, odd, body)) {
                judge(odd, {placed(faultInfo(fault).finding, *place)});
                made.insert({m_kind, fault});
            }
        }
    }

    QByteArrayList wrong;
    int judged = 0;
    std::set<std::pair<TopicKind, Fault>> made;

private:
    void judge(const std::string& message, const QByteArrayList& expected)
    {
        const QByteArray payload(message.data(), qsizetype(message.size()));
        const QByteArrayList found = m_judge.judge({1, payload});
        ++judged;
        if (found != expected)
            wrong += expected.join(", ") + " expected, found " + found.join(", ") + " in " + payload;
    }

    Judge m_judge{topicOptions()};
    TopicKind m_kind = TopicKind::Count_;
};

SimulatorOptions quick(const char* scenario)
{
    SimulatorOptions options;
    options.scenario = QString::fromLatin1(scenario);
    options.rate = 2'000;
    options.heartbeatInterval = 50ms;
    options.closingGrace = 50ms;
    return options;
}

} // namespace

class TstFaultPlaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void messageFaultsAreFoundWhereTheyWereMade();
    void oddNotificationsAreFoundWhereTheyAreOdd();
    void streamScenariosAreExplained_data();
    void streamScenariosAreExplained();
    void notificationScenariosAreExplained_data();
    void notificationScenariosAreExplained();
    void channelFaultsAreEventsOfTheStream_data();
    void channelFaultsAreEventsOfTheStream();
    void slowReaderIsAnEventOfTheStream();
    void everyFaultWasSeen();

private:
    void note(const SimulatorLedger& ledger)
    {
        for (const SentFault& fault : ledger.faults)
            m_seen.insert(fault.fault);
    }

    QSet<QByteArray> m_seen; ///< through sockets, in ledgers
};

void TstFaultPlaces::messageFaultsAreFoundWhereTheyWereMade()
{
    for (quint64 seed = 0; seed < 40; ++seed) {
        MessageMaker maker(seed, 1, std::make_shared<MediaClips>(seed));
        Judge judge;
        for (int i = 0; i < int(Fault::Count_); ++i) {
            const FaultInfo& info = faultInfo(Fault(i));
            const bool isLarge = QByteArrayView(info.finding).startsWith("SIZE-");
            if (isLarge && seed >= 2)
                continue;
            std::string wire;
            for (int good = 0; good < 6; ++good)
                maker.appendNext(wire);
            const MadeFault made = maker.appendFault(Fault(i), wire);
            QByteArrayList found;
            for (const WireMessage& message : messagesIn(wire)) {
                QVERIFY2(found.isEmpty(), (info.name + found.join(' ')).constData()); // only the last one is faulty
                found = judge.judge(message);
            }
            if (made.messages > 0)
                QCOMPARE(found, QByteArrayList{placed(info.finding, made.place)});
            else // of the stream, or odd in a notification
                QVERIFY2(*info.event != '\0' || (i >= int(Fault::UnknownField) && i <= int(Fault::WrongType)),
                         info.name);
        }
    }
}

void TstFaultPlaces::oddNotificationsAreFoundWhereTheyAreOdd()
{
    NotificationWorld world({7, 16, 6, false, noon});
    OddAudience audience;
    for (int i = 0; i < 2'000; ++i) {
        world.step(noon + i * 100, audience);
        world.publish(noon + i * 100, audience);
    }
    QVERIFY2(audience.wrong.isEmpty(), audience.wrong.value(0).constData());
    QVERIFY(audience.judged > 10'000);
    for (int kind = 0; kind < int(TopicKind::Count_); ++kind) {
        const TopicKindInfo& info = topicKindInfo(TopicKind(kind));
        const QByteArray name(info.suffix.data(), qsizetype(info.suffix.size()));
        QVERIFY2(audience.made.contains({TopicKind(kind), Fault::WrongType}), name.constData());
        QVERIFY2(info.enumMember.empty() || audience.made.contains({TopicKind(kind), Fault::NewEnumValue}),
                 name.constData());
    }
}

void TstFaultPlaces::streamScenariosAreExplained_data()
{
    QTest::addColumn<QString>("scenario");
    QTest::addColumn<quint64>("frames");
    for (const ScenarioInfo& info : Simulator::scenarios()) {
        if (!info.name.startsWith(QLatin1String("contact-centre")))
            QTest::newRow(qPrintable(info.name))
                << info.name << quint64(info.name == QLatin1String("demo") ? 20'000 : 3'000);
    }
}

void TstFaultPlaces::streamScenariosAreExplained()
{
    QFETCH(QString, scenario);
    QFETCH(quint64, frames);
    SimulatorOptions options;
    options.scenario = scenario;
    options.rate = 20'000;
    options.frames = frames;
    const NotificationClient service(options);
    const auto did = [&service](const char* name) {
        const SimulatorLedger ledger = service.thread.ledger();
        return std::any_of(ledger.faults.begin(), ledger.faults.end(),
                           [name](const SentFault& fault) { return fault.fault == name; });
    };
    Judge judge;
    QByteArray token;
    for (int attempt = 0; attempt < 20 && !service.thread.ledger().finished; ++attempt) {
        while (token.isEmpty())
            token = service.newToken();
        RawStream stream;
        const int status = stream.open(service.port(), token, [&did] { return did("mute-handshake"); });
        if (status == 101)
            readConnection(service, stream, judge);
        else if (status == 401)
            token.clear();
    }
    const SimulatorLedger ledger = service.thread.ledger();
    QVERIFY(ledger.finished);
    QCOMPARE(judge.number, ledger.messages);
    QCOMPARE(judge.findings, expectedFindings(ledger));
    for (const SentFault& fault : ledger.faults) {
        if (!fault.place)
            verifyIsOfTheStream(fault);
    }
    note(ledger);
}

void TstFaultPlaces::notificationScenariosAreExplained_data()
{
    QTest::addColumn<QByteArray>("scenario");
    QTest::newRow("a day") << QByteArray("contact-centre");
    QTest::newRow("a day before its first outage") << QByteArray("contact-centre-outages");
}

void TstFaultPlaces::notificationScenariosAreExplained()
{
    QFETCH(QByteArray, scenario);
    NotificationClient client(quick(scenario.constData()));
    const Lane lane(client, allTopics(client));
    const auto kinds = [&client] {
        QSet<QByteArray> names;
        for (const SentFault& fault : client.thread.ledger().faults)
            names.insert(fault.fault);
        return names.size();
    };
    QTRY_COMPARE_WITH_TIMEOUT(kinds(), 3, patienceMs);
    const SimulatorLedger ledger = client.thread.ledger();
    QTRY_VERIFY_WITH_TIMEOUT(quint64(lane.listener->messages.size()) >= ledger.faults.back().frame, patienceMs);
    Judge judge(topicOptions());
    for (const QByteArray& message : lane.listener->messages.first(qsizetype(ledger.faults.back().frame)))
        judge.judge({1, message});
    QCOMPARE(judge.findings, expectedFindings(ledger));
    note(ledger);
}

void TstFaultPlaces::channelFaultsAreEventsOfTheStream_data()
{
    QTest::addColumn<ChannelFault>("fault");
    for (int i = 0; i < int(ChannelFault::Count_); ++i)
        QTest::newRow(channelFaultName(ChannelFault(i)).constData()) << ChannelFault(i);
}

void TstFaultPlaces::channelFaultsAreEventsOfTheStream()
{
    QFETCH(ChannelFault, fault);
    SimulatorOptions options = quick("contact-centre");
    options.oddities = false;
    NotificationClient client(options);
    const Lane lane(client, allTopics(client));
    QTRY_VERIFY_WITH_TIMEOUT(lane.isHearing(), patienceMs);
    client.thread.inject(fault);
    QTRY_COMPARE_WITH_TIMEOUT(client.thread.ledger().faultCount, quint64(1), patienceMs);
    const SimulatorLedger ledger = client.thread.ledger();
    const qsizetype before = lane.listener->messages.size();
    const auto wentOn = [&] { return lane.listener->ended || lane.listener->messages.size() > before + 1; };
    QTRY_VERIFY_WITH_TIMEOUT(fault == ChannelFault::SilentSocket || wentOn(), patienceMs);
    QCOMPARE(ledger.faults.front().fault, channelFaultName(fault));
    verifyIsOfTheStream(ledger.faults.front());
    Judge judge(topicOptions()); // what the service says of it is no fault of a message
    for (const QByteArray& message : lane.listener->messages)
        judge.judge({1, message});
    QCOMPARE(judge.findings, Findings());
    note(ledger);
}

void TstFaultPlaces::slowReaderIsAnEventOfTheStream()
{
    SimulatorOptions options = quick("contact-centre");
    options.oddities = false;
    options.rate = 100'000;
    NotificationClient client(options);
    const QByteArray channel = client.newChannel();
    QVERIFY(!client.subscribe(channel, allTopics(client)).isEmpty());
    QTcpSocket deaf;
    deaf.setReadBufferSize(1024);
    deaf.connectToHost(QStringLiteral("127.0.0.1"), client.port());
    deaf.write(upgradeRequest("none").replace("/api/v2/streaming/interactions", "/channels/" + channel));
    QVERIFY(deaf.waitForBytesWritten());
    QTRY_COMPARE_WITH_TIMEOUT(client.thread.ledger().faultCount, quint64(1), patienceMs);
    const SimulatorLedger ledger = client.thread.ledger();
    verifyIsOfTheStream(ledger.faults.front());
    note(ledger);
}

/// A fault that is new has to come through here as well.
void TstFaultPlaces::everyFaultWasSeen()
{
    for (int i = 0; i < int(Fault::Count_); ++i)
        QVERIFY2(m_seen.contains(faultInfo(Fault(i)).name), faultInfo(Fault(i)).name);
    for (int i = 0; i < int(ChannelFault::Count_); ++i)
        QVERIFY2(m_seen.contains(channelFaultName(ChannelFault(i))), channelFaultName(ChannelFault(i)).constData());
}

QTEST_GUILESS_MAIN(TstFaultPlaces)
#include "tst_faultplaces.moc"
