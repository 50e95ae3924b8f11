#pragma once
/// Genesys Cloud's sign-in, channels and sockets on 127.0.0.1 as a test scripts them: everything works unless the test
/// says otherwise. Every secret that it gives holds the word "canary". Thread: the test's.
#include "core/genesys/notificationconfig.h"
#include "tests/support/rawwebsocketserver.h"

#include <map>

namespace framescope::test {

class FakeService
{
public:
    FakeService();

    /// Answers a request before the service does; false: it does.
    std::function<bool(RawConnection&, const QByteArray& method, const QByteArray& path)> onRequest;
    /// The answer for one topic: {} is Permitted.
    std::function<QJsonObject(const QByteArray& topic)> onTopic;
    std::chrono::milliseconds channelLife{86'400'000};
    int tokenSeconds = 86'400;
    int channelsElsewhere = 0; ///< that others have

    [[nodiscard]] NotificationConfig config(std::vector<QByteArray> topics) const;
    [[nodiscard]] RawWebSocketServer& server() { return m_server; }

    /// Sockets in the order in which they opened; they stay when they are closed.
    [[nodiscard]] const std::vector<QPointer<RawConnection>>& sockets() const { return m_sockets; }
    [[nodiscard]] RawConnection* lastSocket() const { return m_sockets.empty() ? nullptr : m_sockets.back().data(); }
    /// The path that it was opened with: which channel it is on.
    [[nodiscard]] QByteArray channelOf(std::size_t socket) const;
    [[nodiscard]] int channels() const { return m_channels; }
    [[nodiscard]] int tokens() const { return m_tokens; }
    /// "POST /api/v2/notifications/channels", without queries and with ids as N.
    [[nodiscard]] int count(const QByteArray& methodAndPath) const { return m_counts.value(methodAndPath); }
    [[nodiscard]] QByteArray lastSubscription() const { return m_lastSubscription; }

    static QByteArray event(const QByteArray& topic, const QByteArray& body = "{}");
    static QByteArray control(const QByteArray& topic, const QByteArray& body = "{}");

private:
    void answer(RawConnection& connection);
    void subscribe(RawConnection& connection, const QByteArray& method);

    RawWebSocketServer m_server;
    std::vector<QPointer<RawConnection>> m_sockets;
    QHash<QByteArray, int> m_counts;
    QByteArray m_lastSubscription;
    int m_channels = 0;
    int m_tokens = 0;
};

} // namespace framescope::test
