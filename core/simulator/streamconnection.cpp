#include "core/simulator/streamconnection.h"

#include "core/base/clock.h"
#include "core/simulator/websocketwriter.h"

#include <QTcpSocket>
#include <sys/socket.h>

namespace framescope {

using namespace std::chrono_literals;
using websocketwriter::FrameOpcode;

namespace {

constexpr qint64 streamBufferBytes = 64 * 1024;
constexpr std::size_t chunkBytes = 128 * 1024; ///< made in one go, then given to the socket
constexpr int messageTickMs = 10;              ///< messages of fast rates go out in groups, so often
// Strewn faults keep apart, so that none hides another: a gap behind a message that cannot be read may be that message.
constexpr quint64 messagesBeforeFaults = 50;
constexpr quint64 messagesBetweenFaults = 8;
// A ping flood of a client that does not read may not grow the buffer: pongs stop above this.
constexpr qint64 pongCeilingBytes = 9 * 1024 * 1024;

// Limits of what the simulator waits for; a client in order is far quicker. Not scaled: they are the client's time.
constexpr auto drainPatience = 60s;
constexpr auto stallPatience = 120s;
constexpr auto streamClosePatience = 5s;

std::string_view closeReason(quint16 code)
{
    switch (code) {
    case 1001:
        return "Service is restarting";
    case 1008:
        return "Policy violation: subscription is not allowed any more";
    case 1011:
        return "Unexpected condition in the event bus";
    case 1012:
        return "Service restart";
    default:
        return {};
    }
}

} // namespace

StreamConnection::StreamConnection(QTcpSocket* socket, ScenarioRun& run, quint64 ordinal, QObject* parent)
    : QObject(parent)
    , m_socket(socket)
    , m_run(run)
    , m_ordinal(ordinal)
    , m_maker(run.seed(), ordinal, run.clips())
    , m_faultlessUntil(messagesBeforeFaults)
    , m_faultPrng(run.seed() ^ (ordinal << 32) ^ 0x6661756C74U)
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(streamBufferBytes);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_nextDue.setSingleShot(true);
    m_nextDue.setTimerType(Qt::PreciseTimer);
    m_patience.setSingleShot(true);
    connect(m_socket, &QTcpSocket::readyRead, this, &StreamConnection::read);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &StreamConnection::onBytesWritten);
    connect(m_socket, &QTcpSocket::disconnected, this, &StreamConnection::onDisconnected);
    connect(&m_nextDue, &QTimer::timeout, this, &StreamConnection::pump);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        if (const auto action = std::exchange(m_whenOutOfPatience, nullptr))
            action();
    });
}

StreamConnection::~StreamConnection()
{
    m_run.leave(this);
}

void StreamConnection::start(const QByteArray& early)
{
    const qint64 startedNs = monotonicNs();
    m_pacer.start(startedNs);
    const Scenario& scenario = m_run.scenario();
    const double closeSeconds = m_ordinal == 1 ? scenario.firstCloseSeconds : scenario.nextCloseSeconds;
    if (closeSeconds > 0)
        m_closeAtNs =
            startedNs + m_run.scaled(std::chrono::milliseconds(qint64(closeSeconds * 1000))).count() * 1'000'000;
    m_reader.feed(early);
    read();
    pump();
}

void StreamConnection::shutDown()
{
    if (m_phase == Phase::Ended)
        return;
    if (m_phase == Phase::Sending || m_phase == Phase::Draining)
        close(1001, "The simulator stops");
    m_phase = Phase::Ended;
    m_socket->flush();
}

// --- what the client says ---

void StreamConnection::read()
{
    m_reader.feed(m_socket->readAll());
    while (m_phase != Phase::Ended) {
        const auto frame = m_reader.next();
        if (!frame)
            break;
        answer(*frame);
    }
    if (m_reader.violation() != 0 && m_phase != Phase::Closing && m_phase != Phase::Ended)
        close(m_reader.violation(), "The client broke the protocol");
}

void StreamConnection::answer(const ClientFrame& frame)
{
    const std::string_view payload(frame.payload.constData(), std::size_t(frame.payload.size()));
    switch (frame.opcode) {
    case FrameOpcode::Ping:
        // In the middle of a stalled message there is no place for a control frame.
        if (m_phase != Phase::Stalled && m_phase != Phase::Closing && m_socket->bytesToWrite() < pongCeilingBytes) {
            websocketwriter::appendFrame(m_wire, FrameOpcode::Pong, payload);
            flush();
        }
        break;
    case FrameOpcode::Pong:
        if (m_phase == Phase::Draining && payload == std::to_string(m_pings)) {
            m_patience.stop();
            if (const auto action = std::exchange(m_whenDrained, nullptr))
                action();
        }
        break;
    case FrameOpcode::Close:
        if (m_phase != Phase::Closing && m_phase != Phase::Stalled) {
            websocketwriter::appendFrame(m_wire, FrameOpcode::Close,
                                         payload.substr(0, 2)); // section 5.5.1: echo the code
            flush();
        }
        m_phase = Phase::Closing;
        m_socket->disconnectFromHost();
        waitAtMost(streamClosePatience, [this] { m_socket->abort(); });
        break;
    default:
        break; // a stream has no use for what a client says
    }
}

void StreamConnection::onBytesWritten()
{
    // Refilled when half of it is gone, so that each write is large.
    if (m_phase == Phase::Sending && !m_nextDue.isActive() && m_socket->bytesToWrite() < writeCeilingBytes / 2)
        pump();
}

void StreamConnection::onDisconnected()
{
    const bool inFatMinute =
        m_run.isPlayedBy(this) && m_run.step().kind == Step::Kind::FatMinute && m_run.stepProgress() > 0;
    m_phase = Phase::Ended;
    m_nextDue.stop();
    m_patience.stop();
    if (inFatMinute)
        afterFatMinute(); // it had enough, as it should
    if (m_run.isFinished())
        m_run.reportFinished();
    m_run.leave(this);
    deleteLater();
}

// --- what is sent ---

void StreamConnection::pump()
{
    m_nextDue.stop();
    if (m_phase != Phase::Sending)
        return;
    const qint64 nowNs = monotonicNs();
    if (m_run.isFinished() || m_run.messagesLeft() == 0) {
        finishUp();
        return;
    }
    if (m_closeAtNs != 0 && nowNs >= m_closeAtNs) {
        closeFaulty(Fault::Close1001);
        return;
    }
    m_maker.setTime(now().wallNs);
    quint64 due = m_pacer.due(nowNs, m_run.rateAt(nowNs));
    while (m_phase == Phase::Sending && due > 0 && m_run.messagesLeft() > 0 &&
           m_socket->bytesToWrite() < writeCeilingBytes) {
        const quint64 sent = appendDue(due);
        m_pacer.spend(sent);
        due -= std::min(due, sent);
        flush();
    }
    scheduleNext();
}

/// Makes one chunk of at most @p due messages; fewer when a step changes the phase.
quint64 StreamConnection::appendDue(quint64 due)
{
    const quint64 before = m_sent;
    while (m_phase == Phase::Sending && m_sent - before < due && m_run.messagesLeft() > 0 && m_wire.size() < chunkBytes)
        appendOne();
    return m_sent - before;
}

void StreamConnection::scheduleNext()
{
    if (m_phase != Phase::Sending)
        return;
    if (m_run.isFinished() || m_run.messagesLeft() == 0) {
        m_nextDue.start(0);
        return;
    }
    const double rate = m_run.rateAt(monotonicNs());
    if (rate > 0 && m_socket->bytesToWrite() < writeCeilingBytes)
        m_nextDue.start(std::max(messageTickMs, m_pacer.millisecondsToNext(rate)));
    // Otherwise bytesWritten() goes on.
}

void StreamConnection::flush()
{
    if (!m_wire.empty())
        m_socket->write(m_wire.data(), qint64(m_wire.size()));
    m_wire.clear();
    if (m_wire.capacity() > 4 * chunkBytes)
        m_wire.shrink_to_fit(); // a message of megabytes went out
    if (m_uncounted > 0)
        m_run.ledger().addMessages(m_uncounted, m_maker.payloadBytes() - m_bookedBytes);
    m_uncounted = 0;
    m_bookedBytes = m_maker.payloadBytes();
}

void StreamConnection::appendOne()
{
    const Scenario& scenario = m_run.scenario();
    if (m_run.play(this)) {
        playStep();
        return;
    }
    const quint32 faulty = scenario.errorsPerMillion + scenario.warningsPerMillion;
    if (faulty == 0 || m_sent < m_faultlessUntil) {
        appendPlain();
        return;
    }
    const quint32 draw = m_faultPrng.below(1'000'000);
    if (draw >= faulty)
        appendPlain();
    else if (draw < scenario.errorsPerMillion)
        appendFaulty(scenario.errors[m_faultPrng.below(quint32(scenario.errors.size()))]);
    else
        appendFaulty(scenario.warnings[m_faultPrng.below(quint32(scenario.warnings.size()))]);
}

void StreamConnection::appendPlain()
{
    m_maker.appendNext(m_wire);
    countMessages(1);
}

void StreamConnection::appendFaulty(Fault fault)
{
    if (fault == Fault::Duplicate && m_run.messagesLeft() < 2) {
        appendPlain(); // no room for the pair
        return;
    }
    MadeFault made = m_maker.appendFault(fault, m_wire);
    countMessages(made.messages);
    m_faultlessUntil = m_sent + messagesBetweenFaults;
    m_run.ledger().addFault(fault, m_run.messages(), std::move(made.place));
}

void StreamConnection::countMessages(int count)
{
    m_sent += quint64(count);
    m_uncounted += quint64(count);
    m_run.countMessages(quint64(count));
}

// --- the script ---

void StreamConnection::playStep()
{
    const Step step = m_run.step();
    switch (step.kind) {
    case Step::Kind::Traffic:
        appendPlain();
        m_run.advanceStep();
        break;
    case Step::Kind::Message:
        appendFaulty(step.fault);
        m_run.nextStep();
        break;
    case Step::Kind::FatMinute:
        playFatMessage();
        break;
    case Step::Kind::Stall:
        drainThen([this] { stall(); });
        break;
    case Step::Kind::Close:
        drainThen([this, step] {
            m_run.nextStep();
            closeFaulty(step.fault);
        });
        break;
    case Step::Kind::Reset:
        drainThen([this] { reset(); });
        break;
    case Step::Kind::ExpireToken:
        m_run.tokens().revokeAll();
        m_run.nextStep();
        break;
    case Step::Kind::Mute:
        m_run.muteNextHandshake();
        m_run.nextStep();
        break;
    case Step::Kind::Finish:
        finishUp();
        break;
    }
}

/// One at a time: the breaker closes the stream after one of them, and what would be under way then would be lost.
void StreamConnection::playFatMessage()
{
    appendFaulty(Fault::FatMinute);
    drainThen([this] {
        if (m_run.stepProgress() + 1 < m_run.step().count) {
            m_run.advanceStep();
            resume();
        } else {
            afterFatMinute(); // no breaker stopped it
            resume();
        }
    });
}

void StreamConnection::afterFatMinute()
{
    for (const char* event : {"breaker-opened", "breaker-probing", "breaker-closed"})
        m_run.ledger().addEvent(Fault::FatMinute, event);
    m_run.nextStep();
}

void StreamConnection::drainThen(std::function<void()> action)
{
    m_phase = Phase::Draining;
    m_whenDrained = std::move(action);
    websocketwriter::appendFrame(m_wire, FrameOpcode::Ping, std::to_string(++m_pings));
    flush();
    waitAtMost(drainPatience, [this] {
        if (const auto go = std::exchange(m_whenDrained, nullptr))
            go();
    });
}

void StreamConnection::resume()
{
    m_phase = Phase::Sending;
    m_pacer.start(monotonicNs());
    // Not at once: what the last message caused in the client (it may leave) arrives before the next one is made.
    m_nextDue.start(messageTickMs);
}

void StreamConnection::close(quint16 code, std::string_view reason)
{
    m_phase = Phase::Closing;
    m_nextDue.stop();
    websocketwriter::appendClose(m_wire, code, reason);
    flush();
    waitAtMost(streamClosePatience, [this] { m_socket->abort(); });
}

void StreamConnection::closeFaulty(Fault fault)
{
    const quint16 code = faultInfo(fault).closeCode;
    m_run.ledger().addFault(fault, 0);
    close(code, closeReason(code));
}

void StreamConnection::stall()
{
    m_run.ledger().addFault(Fault::Stall, 0);
    m_run.nextStep();
    m_phase = Phase::Stalled;
    m_maker.appendStalled(m_wire);
    flush();
    waitAtMost(stallPatience, [this] { m_socket->abort(); });
}

void StreamConnection::reset()
{
    m_run.ledger().addFault(Fault::TcpReset, 0);
    m_run.nextStep();
    // Lingering for no time makes close() send RST instead of FIN (socket(7)).
    const linger none{1, 0};
    setsockopt(int(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    m_socket->abort();
}

void StreamConnection::waitAtMost(std::chrono::milliseconds time, std::function<void()> action)
{
    m_whenOutOfPatience = std::move(action);
    m_patience.start(time);
}

void StreamConnection::finishUp()
{
    m_run.finish();
    drainThen([this] {
        m_run.reportFinished(); // before the close, so that who sees the close can rely on it
        close(1000, "The scenario is over");
    });
}

} // namespace framescope
