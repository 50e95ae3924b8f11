#pragma once
/// Serves given messages as a WebSocket server on the loopback address: each client gets a script of its own, from its
/// beginning to a close with 1000. It knows nothing of where the messages come from.
///
/// Bounded: a client that reads slowly holds its script back (no more than sendAheadBytes and one message wait for it);
/// at most clientLimit clients. Web pages of other origins are refused (403): a browser lets any page connect to the
/// loopback address. Thread: that of its owner, with an event loop. Errors: Network (the port cannot be had).
#include "core/base/error.h"

#include <QByteArrayView>
#include <QObject>
#include <QUrl>
#include <functional>
#include <memory>
#include <optional>

class QTcpServer;

namespace framescope {

/// What one client is sent.
class MessageScript
{
public:
    struct Message
    {
        bool isText = true;
        QByteArrayView bytes; ///< UTF-8 for text; valid until the next call
    };

    MessageScript() = default;
    MessageScript(const MessageScript&) = delete;
    MessageScript& operator=(const MessageScript&) = delete;
    virtual ~MessageScript() = default;

    /// How long it is until the next message is due, in ns; 0: now. Nothing at the end, also one that came too early.
    [[nodiscard]] virtual std::optional<qint64> untilNextNs() = 0;
    /// After untilNextNs() said 0.
    [[nodiscard]] virtual Message take() = 0;
    /// Why it ended too early.
    [[nodiscard]] virtual std::optional<Error> error() const = 0;
};

struct ServedClient
{
    quint64 number = 0; ///< from 1
    quint64 messages = 0;
    quint64 bytes = 0;
    bool isComplete = false; ///< the whole script was sent, and the client closed in its turn
    std::optional<Error> error;
};

class MessageServer : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 sendAheadBytes = 256 * 1024;
    static constexpr int clientLimit = 64;
    using ScriptMaker = std::function<Expected<std::unique_ptr<MessageScript>>()>;

    explicit MessageServer(ScriptMaker makeScript, QObject* parent = nullptr);
    ~MessageServer() override;

    /// @p port 0: any free one. Returns the port.
    [[nodiscard]] Expected<quint16> start(quint16 port);
    [[nodiscard]] QUrl url() const;

Q_SIGNALS:
    void clientCame(quint64 number);
    void clientEnded(const framescope::ServedClient& client);

private:
    void accept();

    ScriptMaker m_makeScript;
    std::unique_ptr<QTcpServer> m_server;
    quint64 m_clients = 0;
    int m_open = 0;
};

} // namespace framescope
