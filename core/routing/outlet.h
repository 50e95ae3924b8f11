#pragma once
/// The outlet for other programs: a local socket that streams decoded frames as JSON lines (core/frame/framejson.h) to
/// any number of listeners, for the person who runs Framescope only (QLocalServer::UserAccessOption).
///
/// Each listener has its own bounded queue. When it is full, whole lines are dropped for that listener alone and
/// counted; when it has caught up it gets a line {"dropped":N} in the place where they are missing. The stream itself
/// never waits for it. Frames that came before a listener connected are not sent to it; what a listener writes is read
/// and forgotten. Thread: the pipeline's; made and destroyed there. droppedFrames(): any.
#include "core/base/error.h"
#include "core/frame/framesink.h"

#include <QObject>
#include <atomic>
#include <functional>
#include <memory>

namespace framescope {

class Outlet final : public QObject, public FrameSink
{
    Q_OBJECT

public:
    static constexpr std::size_t defaultQueueBytes = 8 * 1024 * 1024;
    static constexpr int listenerLimit = 16; ///< further ones are disconnected at once

    explicit Outlet(std::size_t queueBytes = defaultQueueBytes, QObject* parent = nullptr);
    ~Outlet() override;

    /// @p name as for QLocalServer: a plain name (a socket in the temporary folder) or an absolute path. A socket that
    /// a crashed process left behind is replaced. Errors: Busy when somebody answers at that name, InvalidArgument
    /// for an empty name or where a file stands that is no socket, Io otherwise.
    [[nodiscard]] Expected<void> listen(const QString& name);
    /// The socket's path: what `nc -U` or `socat - UNIX-CONNECT:` takes.
    [[nodiscard]] QString path() const;
    [[nodiscard]] int listenerCount() const;
    /// Lines dropped, over all listeners.
    [[nodiscard]] quint64 droppedFrames() const { return m_dropped.load(std::memory_order_relaxed); }
    /// Called with ListenerDropped events, at most one a second, and never from within consumeBatch().
    void onEvent(std::function<void(AuditEvent)> callback);

    void consumeBatch(const FrameBatchPtr& batch) override;
    void consumeEvent(const AuditEvent& event) override; ///< events are not streamed

private:
    struct Private;
    std::unique_ptr<Private> d;
    std::atomic<quint64> m_dropped{0};
};

} // namespace framescope
