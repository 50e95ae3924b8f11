#pragma once
/// Serves the load over a WebSocket on 127.0.0.1 as fast as the client takes it: blocking sockets, ready frames, no
/// event loop. Blocks of them in one call are never what limits, which sink() shows; when each message is written by
/// itself, the writing mostly is, and what shows is whether the client keeps up with it.
///
/// It also is the clock of both sides, so that both are measured in the same way: from the first byte that is sent to
/// the close frame that the client answers ours with, once it has taken everything before it. Thread: serve() blocks
/// its caller; one client at a time.
#include "tests/bench/load.h"

#include <optional>

namespace framescope::bench {

enum class Writing
{
    EachMessage, ///< one call a message, as services do that send when something happens
    Blocks       ///< many frames in one call: as fast as there is
};
/// "each" or "blocks".
[[nodiscard]] const char* nameOf(Writing writing);

class LoadServer
{
public:
    LoadServer(Load load, Writing writing);
    ~LoadServer();
    LoadServer(const LoadServer&) = delete;
    LoadServer& operator=(const LoadServer&) = delete;

    [[nodiscard]] quint16 port() const { return m_port; } ///< 0: it does not listen

    struct Delivery
    {
        qint64 firstByteMonoNs = 0;
        qint64 answeredMonoNs = 0; ///< the client's close frame came
        [[nodiscard]] double seconds() const { return double(answeredMonoNs - firstByteMonoNs) / 1e9; }
    };
    /// The next client gets @p frames messages and a close frame. Nothing when none comes within a while, or when it
    /// ends without a close frame.
    [[nodiscard]] std::optional<Delivery> serve(quint64 frames);

    /// A client that throws everything away unread, in the caller's thread: the most that serve() can deliver.
    void sink(quint64 frames) const;

private:
    [[nodiscard]] bool sendFrames(int socket, quint64 frames);
    [[nodiscard]] bool sendEach(int socket, quint64 messages) const;

    Load m_load;
    Writing m_writing;
    int m_listener = -1;
    quint16 m_port = 0;
};

} // namespace framescope::bench
