#pragma once
/// One open stream: sends what the scenario says at its rate, answers pings, and plays the script when it is its turn.
///
/// Thread: the simulator's. Memory: bounded; it makes a message only while the socket has under 1 MiB to write, so a
/// client that does not read costs that and one message (of 6 MiB at most).
#include "core/simulator/clientframereader.h"
#include "core/simulator/messagemaker.h"
#include "core/simulator/pacer.h"
#include "core/simulator/scenariorun.h"

#include <QObject>
#include <QTimer>
#include <functional>
#include <string>

class QTcpSocket;

namespace framescope {

class StreamConnection : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 writeCeilingBytes = 1024 * 1024;

    /// Takes the socket of an answered handshake. @p ordinal: the how many-th stream of this simulator, from 1.
    StreamConnection(QTcpSocket* socket, ScenarioRun& run, quint64 ordinal, QObject* parent);
    ~StreamConnection() override;

    /// Begins to send. @p early: what the client sent behind its handshake.
    void start(const QByteArray& early);
    /// The service goes away: close 1001, as far as the socket takes it.
    void shutDown();

private:
    /// Draining: a ping is out, and nothing is sent until its pong says that all before it was read.
    enum class Phase
    {
        Sending,
        Draining,
        Closing,
        Stalled,
        Ended
    };

    void read();
    void answer(const ClientFrame& frame);
    void onBytesWritten();
    void onDisconnected();

    void pump();
    void scheduleNext();
    void flush();
    quint64 appendDue(quint64 due);
    void appendOne();
    void appendPlain();
    void appendFaulty(Fault fault);
    void countMessages(int count);

    void playStep();
    void playFatMessage();
    void afterFatMinute();
    void drainThen(std::function<void()> action);
    void resume();
    void close(quint16 code, std::string_view reason);
    void closeFaulty(Fault fault);
    void stall();
    void reset();
    void waitAtMost(std::chrono::milliseconds time, std::function<void()> action);
    void finishUp();

    QTcpSocket* m_socket;
    ScenarioRun& m_run;
    quint64 m_ordinal;
    MessageMaker m_maker;
    quint64 m_faultlessUntil;
    Prng m_faultPrng;
    Pacer m_pacer;
    ClientFrameReader m_reader;
    Phase m_phase = Phase::Sending;
    std::string m_wire; ///< made, not yet given to the socket
    quint64 m_sent = 0; ///< messages of this connection
    quint64 m_uncounted = 0;
    quint64 m_bookedBytes = 0;
    qint64 m_closeAtNs = 0; ///< 0: never
    quint64 m_pings = 0;
    std::function<void()> m_whenDrained;
    std::function<void()> m_whenOutOfPatience;
    QTimer m_nextDue;
    QTimer m_patience;
};

} // namespace framescope
