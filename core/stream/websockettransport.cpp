#include "core/stream/websockettransport.h"

#include "core/auth/tlssettings.h"
#include "core/auth/urlpolicy.h"
#include "core/stream/handshakefailure.h"

#include <QNetworkRequest>
#include <QSslSocket>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace framescope {

using namespace std::chrono_literals;

namespace {

constexpr qint64 handshakeBufferLimit = 1024 * 1024;
constexpr qint64 frameHeaderBytes = 14; // the longest header of RFC 6455 section 5.2
/// Every readyRead hands QWebSocket what the kernel held, and QWebSocket answers each ping in it before we can look:
/// the kernel's buffer bounds how many pongs that can be.
constexpr int kernelBufferBytes = 256 * 1024;
constexpr int userTimeoutMs = 20'000;
constexpr std::chrono::milliseconds lingerTime = 500ms;

// What QWebSocket 6.4 puts into closeReason() when it ends a connection itself (untranslated: we install no
// translator).
constexpr auto textOfIdleTimer = "Timeout when reading data from socket.";
constexpr auto textOfInvalidCode = "Invalid close code ";
constexpr auto textOfShortClose = "Payload of close frame is too small.";
constexpr std::array<const char*, 2> textsOfLimits = {"Maximum framesize exceeded.", "Received message is too big."};

bool saysLimit(const QString& reason)
{
    return std::any_of(textsOfLimits.begin(), textsOfLimits.end(),
                       [&](const char* text) { return reason == QLatin1String(text); });
}

/// 1002 and 1007 are what QWebSocket closes with when the peer broke the protocol. A peer may send them too, with words
/// of its own; either way no well-formed end was agreed.
bool isClean(int code)
{
    return code != 1002 && code != 1007;
}

} // namespace

WebSocketTransport::WebSocketTransport(TransportListener* listener, QObject* parent)
    : Transport(parent)
    , m_listener(listener)
{
    m_handshakeTimer.setSingleShot(true);
    m_pongTimer.setSingleShot(true);
    connect(&m_handshakeTimer, &QTimer::timeout, this, [this] {
        const QString text =
            QStringLiteral("The server did not finish the handshake within %1 ms. Check the URL, and for a "
                           "firewall or proxy in between.")
                .arg(m_limits.handshakeTimeout.count());
        fail({{ErrorCode::Timeout, text, urlWithoutQuery(m_url)}, 0});
    });
    connect(&m_pingTimer, &QTimer::timeout, this, &WebSocketTransport::sendPing);
    connect(&m_pongTimer, &QTimer::timeout, this, &WebSocketTransport::checkPong);
    connect(&m_progressTimer, &QTimer::timeout, this, &WebSocketTransport::checkProgress);
}

WebSocketTransport::~WebSocketTransport()
{
    m_listener = nullptr;
    if (m_socket)
        m_socket->disconnect(this);
    if (m_inner)
        m_inner->disconnect(this);
}

void WebSocketTransport::open(const TransportRequest& request)
{
    m_limits = request.limits;
    m_url = request.url;
    if (const Expected<void> prepared = prepare(request); !prepared) {
        // Later: a source must not hear the end of an attempt inside its beginning.
        QMetaObject::invokeMethod(
            this,
            [this, error = prepared.error()] {
                fail({error, 0});
            },
            Qt::QueuedConnection);
        return;
    }
    QNetworkRequest handshake(m_url);
    QWebSocketHandshakeOptions options;
    for (const HeaderField& header : request.headers) {
        if (header.name.compare("Sec-WebSocket-Protocol", Qt::CaseInsensitive) == 0) {
            QStringList protocols = QString::fromLatin1(header.value).split(QLatin1Char(','), Qt::SkipEmptyParts);
            for (QString& protocol : protocols)
                protocol = protocol.trimmed();
            options.setSubprotocols(protocols);
        } else {
            handshake.setRawHeader(header.name, header.value);
        }
    }
    m_handshakeTimer.start(m_limits.handshakeTimeout);
    // An error that open() reports at once must not reach the listener from inside open() either.
    QMetaObject::invokeMethod(
        this,
        [this, handshake, options] {
            if (!m_listener || !m_socket)
                return;
            m_socket->open(handshake, options);
            // Direct children only: a QSslSocket has a plain socket of its own inside.
            m_inner = m_socket ? m_socket->findChild<QTcpSocket*>(QString(), Qt::FindDirectChildrenOnly) : nullptr;
            if (m_inner)
                connect(m_inner, &QTcpSocket::readyRead, this, &WebSocketTransport::onReadyRead);
        },
        Qt::QueuedConnection);
}

Expected<void> WebSocketTransport::prepare(const TransportRequest& request)
{
    const Expected<QUrl> checked = checkedUrl(request.url, UrlUse::Stream);
    if (!checked)
        return tl::unexpected<Error>(checked.error());
    if (Expected<void> allowed = checkedHeaders(request.headers); !allowed) {
        allowed.error().place = urlWithoutQuery(*checked);
        return allowed;
    }
    m_url = *checked;
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    if (m_url.scheme() == QLatin1String("wss")) {
        const Expected<QSslConfiguration> tls = tlsConfiguration(request.caFile);
        if (!tls)
            return tl::unexpected<Error>(tls.error());
        m_socket->setSslConfiguration(*tls);
    }
    m_socket->setMaxAllowedIncomingFrameSize(m_limits.maximumFrameBytes);
    m_socket->setMaxAllowedIncomingMessageSize(m_limits.maximumMessageBytes);
    m_socket->setReadBufferSize(std::clamp<qint64>(m_limits.maximumHandshakeBytes, 1024, handshakeBufferLimit));
    connectSocket();
    return {};
}

void WebSocketTransport::connectSocket()
{
    connect(m_socket, &QWebSocket::connected, this, &WebSocketTransport::onConnected);
    connect(m_socket, &QWebSocket::disconnected, this, &WebSocketTransport::onDisconnected);
    connect(m_socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this,
            &WebSocketTransport::onError);
    connect(m_socket, &QWebSocket::textMessageReceived, this, &WebSocketTransport::onText);
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, &WebSocketTransport::onBinary);
    // Strings are shared, so that a slot per frame costs a call and no copy.
    connect(m_socket, &QWebSocket::textFrameReceived, this,
            [this](const QString&, bool isLast) { onFragment(isLast); });
    connect(m_socket, &QWebSocket::binaryFrameReceived, this,
            [this](const QByteArray&, bool isLast) { onFragment(isLast); });
    connect(m_socket, &QWebSocket::pong, this, [this](quint64, const QByteArray& payload) { onPong(payload); });
    connect(m_socket, &QWebSocket::aboutToClose, this, [this] { m_closeSeen = true; });
    connect(m_socket, &QWebSocket::sslErrors, this, [this](const QList<QSslError>& errors) {
        QStringList texts;
        for (const QSslError& error : errors)
            texts.append(error.errorString());
        m_tlsErrors = texts.join(QStringLiteral("; ")).left(300);
    });
}

void WebSocketTransport::sendText(const QString& message)
{
    if (m_listener && m_connected)
        m_socket->sendTextMessage(message);
}

void WebSocketTransport::close(int code)
{
    m_listener = nullptr;
    if (!m_socket || m_socket->state() != QAbstractSocket::ConnectedState)
        return abort(); // before it is open, close() would send a close frame ahead of the handshake
    m_socket->disconnect(this);
    m_socket->close(QWebSocketProtocol::CloseCode(code));
    retire(false);
}

void WebSocketTransport::abort()
{
    m_listener = nullptr;
    retire(true);
}

void WebSocketTransport::onConnected()
{
    if (!m_listener)
        return;
    m_connected = true;
    m_handshakeTimer.stop();
    m_socket->setReadBufferSize(qint64(m_limits.maximumFrameBytes) + frameHeaderBytes);
    if (m_inner) {
        m_inner->setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption, kernelBufferBytes);
        // While bytes of ours are unacknowledged, the kernel would wait up to 15 minutes before it reports a dead link.
        const int timeout = userTimeoutMs;
        ::setsockopt(int(m_inner->socketDescriptor()), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    }
    m_progressSinceNs = monotonicNs();
    m_progressCheckNs = m_progressSinceNs;
    m_progressTimer.start(std::max<std::chrono::milliseconds>(m_limits.progressTimeout / 4, 5ms));
    m_pingTimer.start(m_limits.pingInterval);
    m_listener->transportConnected();
}

void WebSocketTransport::onText(const QString& message)
{
    const Instant arrival = now();
    if (!m_listener)
        return;
    ++m_messages;
    m_fragments = 0;
    m_listener->transportText(message, arrival);
}

void WebSocketTransport::onBinary(const QByteArray& message)
{
    const Instant arrival = now();
    if (!m_listener)
        return;
    ++m_messages;
    m_fragments = 0;
    m_listener->transportBinary(message, arrival);
}

void WebSocketTransport::onFragment(bool isLast)
{
    if (isLast || ++m_fragments <= m_limits.maximumFragments)
        return;
    trip(TransportGuard::Limit, QStringLiteral("a message of more than %1 fragments").arg(m_limits.maximumFragments));
}

void WebSocketTransport::onReadyRead()
{
    m_heardSincePing = true;
    if (m_listener && bytesToWrite() > m_limits.maximumWriteBufferBytes)
        trip(TransportGuard::Limit,
             QStringLiteral("the peer sends pings and does not read the pongs: over %1 bytes wait")
                 .arg(m_limits.maximumWriteBufferBytes));
}

void WebSocketTransport::onPong(const QByteArray& payload)
{
    // Qt times only its latest ping, and anybody may send a pong that nobody asked for.
    if (!m_listener || m_pingSentNs == 0 || payload != QByteArray::number(m_pingNumber))
        return;
    const std::chrono::nanoseconds roundTrip(monotonicNs() - m_pingSentNs);
    m_pingSentNs = 0;
    m_pongTimer.stop();
    m_listener->transportPong(roundTrip);
}

void WebSocketTransport::sendPing()
{
    if (!m_listener || m_pingSentNs != 0)
        return;
    m_heardSincePing = false;
    m_pingSentNs = monotonicNs();
    m_pongTimer.start(m_limits.pongTimeout);
    m_socket->ping(QByteArray::number(++m_pingNumber));
}

/// A pong stands behind all that the peer sent before it. While bytes come, or lie unread because we were the slow
/// ones, the link is alive and the pong may still be on its way.
void WebSocketTransport::checkPong()
{
    if (!m_listener || m_pingSentNs == 0)
        return;
    if (m_heardSincePing || unreadBytes() > 0) {
        m_heardSincePing = false;
        m_pongTimer.start(m_limits.pongTimeout);
        return;
    }
    trip(TransportGuard::PongMissed, QStringLiteral("no answer to a ping for %1 ms").arg(m_limits.pongTimeout.count()));
}

/// QWebSocket takes a frame's payload out of its inner socket only when all of it is there, so bytes that stay in that
/// socket are the part of a frame that has come so far. This sees: a payload that began (or one byte of a header) and
/// stops, or trickles. It cannot see: a whole header without any payload byte (QWebSocket has taken the header out),
/// and a pause between fragments, which RFC 6455 allows. In the first case no pong can come either, since control
/// frames may not stand inside a frame, so that the pong deadline ends it; the second is ended by the sender's next
/// fragment, by the same deadline, or by QWebSocket's own 5 s timer.
void WebSocketTransport::checkProgress()
{
    if (!m_listener || !m_inner)
        return;
    const qint64 bytes = m_inner->bytesAvailable() + unreadBytes();
    const qint64 time = monotonicNs();
    // A check that comes late was held up by our own work: what the peer did meanwhile is not known yet.
    const bool late =
        std::chrono::nanoseconds(time - std::exchange(m_progressCheckNs, time)) > m_limits.progressTimeout / 2;
    const bool another = bytes == 0 || m_messages != m_progressMessages || bytes < m_progressBytes;
    const bool moves = bytes - m_progressBytes >= m_limits.minimumProgressBytes;
    if (late || another || moves) {
        m_progressMessages = m_messages;
        m_progressBytes = bytes;
        m_progressSinceNs = time;
        return;
    }
    if (std::chrono::nanoseconds(time - m_progressSinceNs) >= m_limits.progressTimeout)
        trip(TransportGuard::Stall, QStringLiteral("a message stopped after %1 bytes for %2 ms")
                                        .arg(bytes)
                                        .arg(m_limits.progressTimeout.count()));
}

void WebSocketTransport::onError(QAbstractSocket::SocketError error)
{
    if (!m_listener)
        return;
    if (m_connected)
        return reportEnd(); // the first error is the last: QWebSocket itself would go on
    const int status = httpStatusIn(m_socket->errorString());
    if (status != 0)
        return fail(failureFromStatus(status, m_url));
    // QWebSocket says "connection refused" for whatever it does not like; the inner socket knows whether TCP is to
    // blame.
    fail(failureFromSocket(m_inner ? m_inner->error() : error, m_tlsErrors, m_url));
}

void WebSocketTransport::onDisconnected()
{
    if (!m_listener)
        return;
    if (m_connected)
        return reportEnd();
    fail(failureFromSocket(QAbstractSocket::RemoteHostClosedError, m_tlsErrors, m_url));
}

void WebSocketTransport::reportEnd()
{
    const int code = int(m_socket->closeCode());
    const QString reason = m_socket->closeReason();
    if (reason == QLatin1String(textOfIdleTimer))
        return trip(TransportGuard::Stall, QStringLiteral("a message or fragment stopped for 5 s"));
    if (code == QWebSocketProtocol::CloseCodeTooMuchData && saysLimit(reason))
        return trip(TransportGuard::Limit,
                    QStringLiteral("a frame or message over %1 bytes")
                        .arg(std::min(m_limits.maximumFrameBytes, m_limits.maximumMessageBytes)));
    TransportClose close;
    // QWebSocket's code is 1000 until something sets it, also when TCP ends without a word.
    const bool received = m_closeSeen || code != QWebSocketProtocol::CloseCodeNormal || !reason.isEmpty();
    if (received && reason.startsWith(QLatin1String(textOfInvalidCode))) {
        close.code = 1012;
        close.codeExact = false;
    } else if (received) {
        close.code = code;
        close.clean = isClean(code);
        if (reason != QLatin1String(textOfShortClose))
            close.reason = reason;
    }
    TransportListener* listener = std::exchange(m_listener, nullptr);
    retire(true);
    listener->transportClosed(close);
}

void WebSocketTransport::fail(const TransportFailure& failure)
{
    TransportListener* listener = std::exchange(m_listener, nullptr);
    if (!listener)
        return;
    retire(true);
    listener->transportFailed(failure);
}

void WebSocketTransport::trip(TransportGuard guard, const QString& what)
{
    TransportListener* listener = std::exchange(m_listener, nullptr);
    if (!listener)
        return;
    retire(true);
    listener->transportTripped(guard, what);
}

void WebSocketTransport::retire(bool abortSocket)
{
    m_handshakeTimer.stop();
    m_pingTimer.stop();
    m_pongTimer.stop();
    m_progressTimer.stop();
    if (m_inner)
        m_inner->disconnect(this);
    if (m_socket)
        m_socket->disconnect(this);
    if (abortSocket || !m_socket) {
        // Not here: this may be one of the socket's own slots, which goes on when we return.
        if (m_socket)
            QMetaObject::invokeMethod(
                m_socket, [socket = m_socket] { socket->abort(); }, Qt::QueuedConnection);
        deleteLater();
        return;
    }
    // The close frame is usually gone already; a peer that does not read must not keep us.
    connect(m_socket, &QWebSocket::disconnected, this, &QObject::deleteLater);
    QTimer::singleShot(lingerTime, this, [this] { abort(); });
    if (m_socket->state() == QAbstractSocket::UnconnectedState)
        deleteLater();
}

qint64 WebSocketTransport::unreadBytes() const
{
    int bytes = 0;
    return m_inner && ::ioctl(int(m_inner->socketDescriptor()), FIONREAD, &bytes) == 0 ? bytes : 0;
}

qint64 WebSocketTransport::bytesToWrite() const
{
    const auto* tls = qobject_cast<const QSslSocket*>(m_inner);
    return m_socket->bytesToWrite() + (tls ? tls->encryptedBytesToWrite() : 0);
}

} // namespace framescope
