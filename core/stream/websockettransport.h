#pragma once
/// The transport over QWebSocket (Qt 6.4), with a guard for each of its faults that has one.
///
/// | what QWebSocket does                                          | guard here |
/// |---------------------------------------------------------------|----------------------------------------------------------|
/// | no limit of time on connect and handshake                     | handshake timer, then abort | | takes handshake
/// bytes without end when no newline comes       | read buffer of at most 64 KiB until connected            | | goes on
/// after its first error                                 | the first error is the last                              |
/// | a stale timer of a reused object kills the next connection    | a new QWebSocket for each attempt | | frame and
/// message limits of 2 GiB                             | set from TransportLimits; fragments are counted too      | | a
/// read buffer below the frame size stalls silently for ever   | it is always above the frame limit once connected | |
/// does not notice a message that stops half-way, or trickles    | progress watchdog (see checkProgress()) | | notices
/// a dead link only when TCP gives up (15 minutes)       | ping and pong deadline, TCP_USER_TIMEOUT                 |
/// | queues pongs without end when the peer does not read them     | cap on the write buffer; small kernel buffer | |
/// says 1000 when TCP ended without a close frame                | 1006 unless a close frame was seen | | refuses close
/// codes 1012, 1013, 1014 as a protocol error      | told by its text, reported as 1012 with codeExact false  | | sends
/// header values with CR/LF as they are                    | checkedHeaders(), checkedUrl() before a byte is sent     |
/// | is deleted in its own slot: use after free                    | deleteLater() only |
///
/// What no guard can mend: valid UTF-8 whose character is split over two fragments ends the connection (1007); masked
/// frames of a server are accepted; pings of the peer, fragments and the raw bytes of text are not visible; a legal
/// pause of more than 5 s between fragments ends the connection (shown as a stall); no permessage-deflate. Thread: as
/// Transport.
#include "core/stream/transport.h"

#include <QAbstractSocket>
#include <QTimer>

class QSslError;
class QTcpSocket;
class QWebSocket;

namespace framescope {

class WebSocketTransport : public Transport
{
    Q_OBJECT

public:
    explicit WebSocketTransport(TransportListener* listener, QObject* parent = nullptr);
    ~WebSocketTransport() override;

    void open(const TransportRequest& request) override;
    void sendText(const QString& message) override;
    void close(int code) override;
    void abort() override;

private:
    [[nodiscard]] Expected<void> prepare(const TransportRequest& request);
    void connectSocket();
    void onConnected();
    void onText(const QString& message);
    void onBinary(const QByteArray& message);
    void onFragment(bool isLast);
    void onError(QAbstractSocket::SocketError error);
    void onDisconnected();
    void onReadyRead();
    void onPong(const QByteArray& payload);
    void sendPing();
    void checkPong();
    void checkProgress();
    void reportEnd();
    void fail(const TransportFailure& failure);
    void trip(TransportGuard guard, const QString& what);
    /// No further word to the listener; the socket goes when the event loop is back.
    void retire(bool abortSocket);
    [[nodiscard]] qint64 unreadBytes() const; ///< in the kernel
    [[nodiscard]] qint64 bytesToWrite() const;

    TransportListener* m_listener; ///< null once the last word is said
    TransportLimits m_limits;
    QUrl m_url;
    QWebSocket* m_socket = nullptr;
    QTcpSocket* m_inner = nullptr; ///< QWebSocket's own socket: the only place where a half message can be seen
    QTimer m_handshakeTimer;
    QTimer m_pingTimer;
    QTimer m_pongTimer;
    QTimer m_progressTimer;
    QString m_tlsErrors;
    bool m_connected = false;
    bool m_closeSeen = false; ///< QWebSocket began its closing handshake without being told to by us
    int m_fragments = 0;
    quint64 m_messages = 0;
    // Progress of the message that is being received, as of the last check.
    quint64 m_progressMessages = 0;
    qint64 m_progressBytes = 0;
    qint64 m_progressSinceNs = 0;
    qint64 m_progressCheckNs = 0;
    // The ping that waits for its pong.
    quint64 m_pingNumber = 0;
    qint64 m_pingSentNs = 0; ///< 0: none waits
    bool m_heardSincePing = false;
};

} // namespace framescope
