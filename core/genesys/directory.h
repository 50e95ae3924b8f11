#pragma once
/// What an organisation offers, for choosing topics: its available topics, queues, users, the signed-in user, and how
/// much of the limits is used. Behind the connection dialog and its Test button.
///
/// Thread: one with an event loop (gui); asynchronous, each reply comes later on that thread and never after the
/// Directory is gone. One request at a time and kind. Errors: as the REST client's, with the correlation id in
/// `detail`.
#include "core/base/error.h"
#include "core/genesys/notificationconfig.h"

#include <QByteArrayList>
#include <QObject>
#include <functional>
#include <memory>
#include <vector>

namespace framescope {

struct AvailableTopic
{
    QByteArray id; ///< with parameters in braces: "v2.users.{id}.presence"
    QString description;
    QByteArrayList permissions; ///< that it requires
    QByteArrayList transports;
    QByteArray visibility; ///< "Public" or "Preview"
    bool requiresCurrentUser = false;
    bool hasSchema = false;
    /// Whether a WebSocket channel can carry it: its transports name one, or it lists none.
    [[nodiscard]] bool isForWebSocket() const;
};

struct NamedEntity
{
    QByteArray id;
    QString name; ///< foreign text
};

/// The topics of a page of available topics, those without an id left out. Foreign text is cut and redacted.
/// Errors: Protocol, without a list.
[[nodiscard]] Expected<std::vector<AvailableTopic>> availableTopicsFromReply(const QByteArray& body);

class Directory : public QObject
{
    Q_OBJECT

public:
    /// Of @p config only hosts, credentials or token, caFile and timers are used.
    explicit Directory(const NotificationConfig& config, QObject* parent = nullptr);
    ~Directory() override;

    void topics(std::function<void(Expected<std::vector<AvailableTopic>>)> reply);
    /// At most 100, whose name holds @p text; empty: the first ones.
    void queues(const QString& text, std::function<void(Expected<std::vector<NamedEntity>>)> reply);
    void users(const QString& text, std::function<void(Expected<std::vector<NamedEntity>>)> reply);
    /// NotFound for a token without a user (client credentials).
    void me(std::function<void(Expected<NamedEntity>)> reply);
    /// Channels that the service lists for this token.
    void channelCount(std::function<void(Expected<int>)> reply);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
