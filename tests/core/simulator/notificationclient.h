#pragma once
/// A client of the simulated notifications that shares nothing with the program's: raw HTTP, and a QWebSocket. The
/// simulator runs on a thread of its own. Thread: the test's.
#include "core/simulator/simulator.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QUrlQuery>
#include <QWebSocket>
#include <memory>

namespace framescope::test {

struct RestAnswer
{
    int status = 0;
    QByteArray head;
    QByteArray body;

    [[nodiscard]] QJsonObject json() const;
    [[nodiscard]] QByteArray header(const QByteArray& name) const;
};

/// A simulator with the contact-centre scenario.
[[nodiscard]] SimulatorOptions contactCentre();

class NotificationClient
{
public:
    explicit NotificationClient(const SimulatorOptions& options = contactCentre());

    [[nodiscard]] quint16 port() const;
    /// A token of the client's own credentials, got once.
    [[nodiscard]] QByteArray token();
    /// A fresh one.
    [[nodiscard]] QByteArray newToken() const;
    [[nodiscard]] RestAnswer rest(const QByteArray& method, const QByteArray& path, const QByteArray& body = {});
    [[nodiscard]] RestAnswer restAs(const QByteArray& token, const QByteArray& method, const QByteArray& path,
                                    const QByteArray& body = {}) const;
    /// Without any Authorization header.
    [[nodiscard]] RestAnswer plain(const QByteArray& method, const QByteArray& path, const QByteArray& body = {}) const;

    /// The id of a new channel.
    [[nodiscard]] QByteArray newChannel();
    /// Subscribes with ignoreErrors and gives the entities. @p method: POST or PUT.
    [[nodiscard]] QJsonArray subscribe(const QByteArray& channel, const QList<QByteArray>& topics,
                                       const QByteArray& method = "POST");
    [[nodiscard]] QUrl socketUrl(const QByteArray& channel) const;

    SimulatorThread thread;
    SimulatorThread::Endpoint endpoint;

private:
    QByteArray m_token;
};

/// [{"id":"..."},...]
[[nodiscard]] QByteArray topicList(const QList<QByteArray>& topics);

/// An open socket that keeps what comes.
class Listener
{
public:
    explicit Listener(const QUrl& url);

    [[nodiscard]] bool isConnected() const { return socket.state() == QAbstractSocket::ConnectedState; }
    /// How many messages hold that text.
    [[nodiscard]] int count(const QByteArray& text) const;

    QWebSocket socket;
    QList<QByteArray> messages;
    int closeCode = 0; ///< 0: not closed
    bool ended = false;
};

/// Every topic of every agent and queue.
[[nodiscard]] QList<QByteArray> allTopics(const NotificationClient& client);

/// A channel of its own with these topics, and its open socket.
struct Lane
{
    Lane(NotificationClient& client, const QList<QByteArray>& topics);
    [[nodiscard]] bool isHearing() const { return listener->count("\"version\":\"2\"") > 0; }

    QByteArray channel;
    std::unique_ptr<Listener> listener;
};

} // namespace framescope::test
