#pragma once
/// Genesys Cloud's notifications as the simulator serves them: the authorize page, the REST host, the channels'
/// sockets, and the contact centre whose events they carry.
///
/// Thread: the simulator's. Memory: bounded by the limits of ChannelRegistry, by NotificationSocket's buffer, and by
/// one conversation an agent.
#include "core/simulator/channelregistry.h"
#include "core/simulator/ledger.h"
#include "core/simulator/notificationworld.h"
#include "core/simulator/restapi.h"
#include "core/simulator/systemmessage.h"
#include "core/simulator/topicbook.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>

namespace framescope {

class HttpConnection;
class NotificationSocket;

class NotificationService : public QObject, private EventAudience
{
    Q_OBJECT

public:
    struct Parts
    {
        const SimulatorOptions& options;
        const Scenario& scenario;
        std::shared_ptr<LedgerBook> ledger;
        TokenEndpoint& tokens;
        QObject* connections; ///< parent of the sockets; outlived by this object
    };
    NotificationService(const Parts& parts, quint16 port);
    ~NotificationService() override;

    /// Answers a request that is for it; false when it is not.
    [[nodiscard]] bool answer(HttpConnection& connection);
    void inject(ChannelFault fault);
    /// The service goes away: close 1001, as far as the sockets take it.
    void shutDown();

private:
    // EventAudience
    bool hears(std::string_view topic) override;
    void deliver(std::string_view message, const Oddity& oddity) override;

    void openSocket(HttpConnection& connection);
    void take(Channel& channel, NotificationSocket& socket);
    void forget(NotificationSocket& socket);
    void readText(NotificationSocket& socket, const QByteArray& text);
    void subscribe(NotificationSocket& socket, const QByteArrayList& topics, bool remove);
    void say(NotificationSocket& socket, const QByteArray& text);

    void tick();
    void tellAtPace(double seconds, qint64 wallMs);
    [[nodiscard]] double stepsPerSecond() const;
    [[nodiscard]] bool allRead() const;
    void flush();
    void expireChannels();

    void onEvicted(Channel& channel);
    void lose(NotificationSocket& socket, const QByteArray& lastWords);
    void revokeTokens();
    void closeAll();
    bool faultAll(ChannelFault fault);
    void faultOne(ChannelFault fault, NotificationSocket& socket);
    void playNextOutage();
    [[nodiscard]] NotificationSocket* longestOpen() const;
    [[nodiscard]] bool anySilent() const;
    [[nodiscard]] systemmessage::Subject subjectOf(const NotificationSocket& socket) const;
    [[nodiscard]] qint64 scaledMs(std::chrono::milliseconds time) const;

    SimulatorOptions m_options;
    std::shared_ptr<LedgerBook> m_ledger;
    TokenEndpoint& m_tokens;
    QObject* m_connections;
    double m_eventsPerSecond; ///< the scenario's own pace
    NotificationWorld m_world;
    TopicBook m_topics;
    ChannelRegistry m_channels;
    RestApi m_rest;
    std::vector<NotificationSocket*> m_sockets; ///< in the order in which they were opened

    QTimer m_tick;
    QElapsedTimer m_sinceTick;
    QElapsedTimer m_sinceStart;
    double m_owed = 0; ///< events, or steps when the pace is the scenario's own

    // Of the message that is delivered.
    std::string m_lowerTopic;
    std::string m_frame;
    const std::vector<Channel*>* m_listening = nullptr;

    quint64 m_messages = 0; ///< all that were sent
    quint64 m_eventsToBook = 0;
    quint64 m_bytesToBook = 0;

    QTimer m_nextOutage;
    int m_outage = 0;
};

} // namespace framescope
