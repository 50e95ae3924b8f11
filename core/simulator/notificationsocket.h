#pragma once
/// One open socket of a notification channel: sends what it is told and a heartbeat at its interval, answers pings and
/// the close, and hands text over. It knows no topics.
///
/// Thread: the simulator's. Memory: what waits to be read is bounded by pendingLimitBytes; a client that reads slower
/// than that is cut with close 1008, since an event is never dropped silently. It deletes itself when it has ended.
#include "core/simulator/clientframereader.h"

#include <QObject>
#include <QTimer>
#include <functional>
#include <string>
#include <string_view>

class QTcpSocket;

namespace framescope {

inline constexpr quint16 goingAway = 1001; ///< close code, RFC 6455 section 7.4.1

class NotificationSocket : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 pendingLimitBytes = 16 * 1024 * 1024;

    /// What its owner does when something happens on it.
    struct Handlers
    {
        std::function<void(NotificationSocket&, const QByteArray&)> text;
        std::function<void(NotificationSocket&)> heartbeat; ///< the time for one has come
        std::function<void(NotificationSocket&)> tooSlow;   ///< it is being cut
        std::function<void(NotificationSocket&)> ended;     ///< the last call; also when it is destroyed before
    };

    /// Takes the socket of an answered handshake.
    NotificationSocket(QTcpSocket* socket, QByteArray channelId, Handlers handlers, QObject* parent);
    ~NotificationSocket() override;

    /// @p early: what the client sent behind its handshake. @p heartbeatMs: from now on, every so often.
    void start(const QByteArray& early, qint64 heartbeatMs);
    /// Of the channel that it was opened for, which may be gone by now.
    [[nodiscard]] const QByteArray& channelId() const { return m_channelId; }
    [[nodiscard]] bool isOpen() const { return m_phase == Phase::Open; }
    [[nodiscard]] bool isSilent() const { return m_phase == Phase::Silent; }
    [[nodiscard]] qint64 pendingBytes() const;

    /// Puts a whole WebSocket frame into the buffer; false when it cannot be sent any more. flush() sends the buffer.
    bool append(std::string_view frame);
    void flush();
    /// A text message, at once.
    bool send(std::string_view text);
    void close(quint16 code, std::string_view reason);
    /// The same after a while, should it still be open then.
    void closeAfter(qint64 milliseconds, quint16 code, std::string_view reason);
    /// The service goes away: close 1001, as far as the socket takes what is left at once.
    void shutDown();
    /// It was told to expect that close: who comes next on its channel is no stranger.
    [[nodiscard]] bool isLeaving() const { return m_leaving; }
    /// TCP RST, no close frame.
    void reset();
    /// From now on it says nothing at all, as behind a broken router, until its client leaves.
    void goSilent();

private:
    enum class Phase
    {
        Open,
        Silent,
        Closing,
        Ended
    };

    void read();
    void answer(const ClientFrame& frame);
    void takeText(const ClientFrame& frame);
    void cut();
    void onDisconnected();
    void reportEnd();

    QTcpSocket* m_socket;
    QByteArray m_channelId;
    Handlers m_handlers;
    ClientFrameReader m_reader;
    QByteArray m_fragments; ///< of a message in several frames
    bool m_inText = false;
    bool m_leaving = false;
    std::string m_wire;
    Phase m_phase = Phase::Open;
    QTimer m_heartbeat;
    QTimer m_patience;
};

} // namespace framescope
