#include "core/routing/outlet.h"

#include "core/frame/framejson.h"

#include <QDir>
#include <QElapsedTimer>
#include <QLocalServer>
#include <QLocalSocket>
#include <QTimer>
#include <algorithm>
#include <filesystem>
#include <vector>

namespace framescope {

namespace {

constexpr int answerTimeoutMs = 200; // a local socket answers at once or never
constexpr int farewellMs = 200;      // for what is still queued when the outlet closes
constexpr int reportIntervalMs = 1'000;
constexpr qint64 readBufferBytes = 4 * 1024;

struct Listener
{
    QLocalSocket* socket = nullptr;
    QByteArray chunk;    ///< lines of the batch at hand, written in one go
    quint64 missing = 0; ///< lines dropped since the last {"dropped":N}

    [[nodiscard]] bool isConnected() const { return socket->state() == QLocalSocket::ConnectedState; }
    [[nodiscard]] std::size_t queuedBytes() const { return std::size_t(socket->bytesToWrite() + chunk.size()); }
};

} // namespace

struct Outlet::Private
{
    std::size_t queueBytes;
    QLocalServer server;
    std::vector<Listener> listeners;
    QTimer reportTimer;
    std::function<void(AuditEvent)> onEvent;
    quint64 unreported = 0;

    void accept(Outlet* outlet);
    void remove(const QLocalSocket* socket);
    bool offer(Listener& listener, const QByteArray& line) const;
    void catchUp(Listener& listener) const;
    static void send(Listener& listener);
    void report(quint64 dropped);
};

Outlet::Outlet(std::size_t queueBytes, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->queueBytes = queueBytes;
    d->server.setSocketOptions(QLocalServer::UserAccessOption);
    d->server.setMaxPendingConnections(listenerLimit);
    d->reportTimer.setSingleShot(true);
    connect(&d->server, &QLocalServer::newConnection, this, [this] { d->accept(this); });
    connect(&d->reportTimer, &QTimer::timeout, this, [this] { d->report(droppedFrames()); });
}

Outlet::~Outlet()
{
    QElapsedTimer spent;
    spent.start();
    for (const Listener& listener : d->listeners) {
        listener.socket->disconnect(this);
        while (listener.socket->bytesToWrite() > 0 && spent.elapsed() < farewellMs) {
            if (!listener.socket->waitForBytesWritten(int(farewellMs - spent.elapsed())))
                break;
        }
        delete listener.socket;
    }
}

Expected<void> Outlet::listen(const QString& name)
{
    if (name.isEmpty())
        return failure(ErrorCode::InvalidArgument, QStringLiteral("a local socket needs a name"));
    // Without this, a second Framescope would take the name away from the first.
    QLocalSocket somebody;
    somebody.connectToServer(name);
    if (somebody.waitForConnected(answerTimeoutMs))
        return failure(ErrorCode::Busy, QStringLiteral("another program already serves this local socket"), name);
    // removeServer() would delete whatever stands at that path.
    const QString path = QDir(QDir::tempPath()).filePath(name);
    std::error_code ignored;
    const std::filesystem::file_status found = std::filesystem::symlink_status(path.toStdString(), ignored);
    if (std::filesystem::exists(found) && !std::filesystem::is_socket(found))
        return failure(ErrorCode::InvalidArgument, QStringLiteral("there is a file of that name, and it is no socket"),
                       path);
    QLocalServer::removeServer(name);
    if (!d->server.listen(name))
        return failure(ErrorCode::Io, d->server.errorString(), name);
    return {};
}

QString Outlet::path() const
{
    return d->server.fullServerName();
}

int Outlet::listenerCount() const
{
    return int(d->listeners.size());
}

void Outlet::onEvent(std::function<void(AuditEvent)> callback)
{
    d->onEvent = std::move(callback);
}

void Outlet::consumeBatch(const FrameBatchPtr& batch)
{
    if (d->listeners.empty())
        return;
    quint64 dropped = 0;
    for (std::size_t i = 0; i < batch->size(); ++i) {
        const QByteArray line = frameToJsonLine(*batch, i);
        for (Listener& listener : d->listeners)
            dropped += d->offer(listener, line) ? 0 : 1;
    }
    for (Listener& listener : d->listeners) {
        Private::send(listener);
        listener.socket->flush(); // does not wait; a busy pipeline may not come back to its event loop soon
    }
    if (dropped == 0)
        return;
    m_dropped.fetch_add(dropped, std::memory_order_relaxed);
    d->unreported += dropped;
    // From the event loop: the pipeline is in the middle of handing out this batch.
    if (!d->reportTimer.isActive())
        d->reportTimer.start(0);
}

void Outlet::consumeEvent(const AuditEvent&) {}

void Outlet::Private::accept(Outlet* outlet)
{
    while (QLocalSocket* socket = server.nextPendingConnection()) {
        if (listeners.size() >= std::size_t(listenerLimit)) {
            delete socket;
            continue;
        }
        socket->setParent(nullptr); // owned by the list, so that the order of destruction is ours
        socket->setReadBufferSize(readBufferBytes);
        listeners.push_back({socket, {}, 0});
        connect(socket, &QLocalSocket::readyRead, outlet, [socket] { socket->skip(socket->bytesAvailable()); });
        connect(socket, &QLocalSocket::disconnected, outlet, [this, socket] { remove(socket); });
        connect(socket, &QLocalSocket::bytesWritten, outlet, [this, socket] {
            for (Listener& listener : listeners) {
                if (listener.socket == socket) {
                    catchUp(listener);
                    send(listener);
                }
            }
        });
    }
}

void Outlet::Private::remove(const QLocalSocket* socket)
{
    // Later: this runs inside the socket's own signal, perhaps inside a write() of consumeBatch().
    QMetaObject::invokeMethod(
        &server,
        [this, socket] {
            const auto at = std::find_if(listeners.begin(), listeners.end(),
                                         [socket](const Listener& listener) { return listener.socket == socket; });
            if (at == listeners.end())
                return;
            delete at->socket;
            listeners.erase(at);
        },
        Qt::QueuedConnection);
}

void Outlet::Private::send(Listener& listener)
{
    // Moved out first: writing may free room and bring us back here by way of bytesWritten().
    const QByteArray chunk = std::exchange(listener.chunk, {});
    if (!chunk.isEmpty() && listener.isConnected())
        listener.socket->write(chunk);
}

/// False when the line was dropped.
bool Outlet::Private::offer(Listener& listener, const QByteArray& line) const
{
    if (!listener.isConnected())
        return true; // it left, and so misses nothing
    catchUp(listener);
    const std::size_t queued = listener.queuedBytes();
    // A line larger than the whole queue still goes to a listener that waits for nothing else.
    const bool hasRoom = queued == 0 || queued + std::size_t(line.size()) <= queueBytes;
    if (listener.missing != 0 || !hasRoom) {
        ++listener.missing;
        return false;
    }
    listener.chunk += line;
    return true;
}

/// Says how many lines are missing once half of the queue is free: not at each single line that fits again.
void Outlet::Private::catchUp(Listener& listener) const
{
    if (listener.missing == 0 || listener.queuedBytes() > queueBytes / 2)
        return;
    listener.chunk += "{\"dropped\":" + QByteArray::number(listener.missing) + "}\n";
    listener.missing = 0;
}

void Outlet::Private::report(quint64 dropped)
{
    if (unreported == 0)
        return;
    if (onEvent)
        onEvent(auditEvent(
            AuditAction::ListenerDropped, Severity::Warning, server.fullServerName(),
            {{QStringLiteral("frames"), qint64(unreported)}, {QStringLiteral("frames_in_all"), qint64(dropped)}}));
    unreported = 0;
    reportTimer.start(reportIntervalMs); // what is dropped until then is told in one event
}

} // namespace framescope
