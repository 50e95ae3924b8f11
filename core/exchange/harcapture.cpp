#include "core/exchange/harcapture.h"

#include "core/exchange/harmessage.h"
#include "core/exchange/harscan.h"

#include <queue>

namespace framescope {

namespace {

using Token = JsonStream::Token;

Error inFile(Error error, const QString& path)
{
    error.place = error.place.isEmpty() ? path : path + QStringLiteral(": ") + error.place;
    return error;
}

Expected<void> openCapture(QFile& file)
{
    if (!file.exists())
        return failure(ErrorCode::NotFound, QStringLiteral("there is no such file"));
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failure(ErrorCode::Io, file.errorString());
    return {};
}

/// Reads the messages of one connection.
struct HarCursor
{
    HarCursor(const QString& path, std::size_t of)
        : connection(of)
        , file(path)
    {
    }

    std::size_t connection;
    QFile file;
    std::optional<JsonStream> json;
    HarMessage message; ///< the next one
    quint64 key = 0;    ///< never falls, so that messages keep the file's order where its times do not

    [[nodiscard]] Expected<void> open(const HarPlace& place)
    {
        if (auto ok = openCapture(file); !ok)
            return ok;
        if (!file.seek(place.offset))
            return failure(ErrorCode::Io, file.errorString());
        json.emplace(file, place.pointer);
        const auto begin = json->next();
        if (!begin)
            return tl::unexpected(begin.error());
        return *begin == Token::BeginArray ? Expected<void>()
                                           : json->invalid(QStringLiteral("the file was changed meanwhile"));
    }
};

/// What comes next of a connection.
struct HarWaiting
{
    quint64 key = 0;
    std::size_t connection = 0;
    HarStep::Kind kind = HarStep::Kind::Opened;
    std::shared_ptr<HarCursor> cursor; ///< Message

    /// For a queue whose top is the smallest.
    friend bool operator<(const HarWaiting& a, const HarWaiting& b)
    {
        return a.key != b.key ? a.key > b.key : a.connection > b.connection;
    }
};

} // namespace

struct HarCapture::Private
{
    QString path;
    HarSummary summary;
    std::vector<HarConnection> connections;
    std::vector<HarPlace> places;
    std::priority_queue<HarWaiting> queue;
    HarStep step;
    int openCursors = 0;
    quint64 others = 0;
    quint64 unreadable = 0;

    [[nodiscard]] Expected<HarStep*> stepOf(HarStep::Kind kind, std::size_t connection)
    {
        step = {};
        step.kind = kind;
        step.connection = &connections[connection];
        return &step;
    }
    [[nodiscard]] Expected<HarStep*> open(const HarWaiting& first, qsizetype payloadLimit);
    /// False at the list's end.
    [[nodiscard]] Expected<bool> advance(HarCursor& cursor, qsizetype payloadLimit);
    [[nodiscard]] Expected<void> wait(const std::shared_ptr<HarCursor>& cursor, qsizetype payloadLimit);
};

HarCapture::HarCapture(std::unique_ptr<Private> priv)
    : d(std::move(priv))
{
}
HarCapture::~HarCapture() = default;

Expected<std::unique_ptr<HarCapture>> HarCapture::open(const QString& path, const Progress& progress)
{
    QFile file(path);
    if (auto ok = openCapture(file); !ok)
        return tl::unexpected(inFile(ok.error(), path));
    HarScan scan(file, progress);
    if (auto ok = scan.run(); !ok)
        return tl::unexpected(inFile(ok.error(), path));
    auto d = std::make_unique<Private>();
    d->path = path;
    d->summary = std::move(scan.summary);
    d->connections = std::move(scan.connections);
    d->places = std::move(scan.places);
    for (std::size_t i = 0; i < d->places.size(); ++i)
        d->queue.push({d->places[i].openedKey, i, HarStep::Kind::Opened, nullptr});
    return std::unique_ptr<HarCapture>(new HarCapture(std::move(d)));
}

const HarSummary& HarCapture::summary() const
{
    return d->summary;
}

const std::vector<HarConnection>& HarCapture::connections() const
{
    return d->connections;
}

quint64 HarCapture::otherMessages() const
{
    return d->others;
}

quint64 HarCapture::unreadableMessages() const
{
    return d->unreadable;
}

Expected<bool> HarCapture::Private::advance(HarCursor& cursor, qsizetype payloadLimit)
{
    for (;;) {
        const auto token = cursor.json->next();
        if (!token)
            return tl::unexpected(token.error());
        if (*token == Token::EndArray)
            return false;
        if (*token != Token::BeginObject)
            return cursor.json->invalid(QStringLiteral("the file was changed meanwhile"));
        auto message = readHarMessage(*cursor.json, payloadLimit);
        if (!message)
            return tl::unexpected(message.error());
        if (!message->isFrame || !message->isReadable) {
            ++(message->isFrame ? unreadable : others);
            continue;
        }
        const FrameHead& head = message->frame.head;
        cursor.key = std::max(cursor.key, summary.isOurs ? message->frame.auditSeq : quint64(head.wallNs));
        cursor.message = std::move(*message);
        return true;
    }
}

/// Puts the cursor with its next message into the queue; without one, the connection's end.
Expected<void> HarCapture::Private::wait(const std::shared_ptr<HarCursor>& cursor, qsizetype payloadLimit)
{
    const auto more = advance(*cursor, payloadLimit);
    if (!more)
        return tl::unexpected(more.error());
    if (*more) {
        queue.push({cursor->key, cursor->connection, HarStep::Kind::Message, cursor});
        return {};
    }
    --openCursors;
    const quint64 closedKey = std::max(cursor->key, places[cursor->connection].closedKey);
    queue.push({closedKey, cursor->connection, HarStep::Kind::Closed, nullptr});
    return {};
}

Expected<HarStep*> HarCapture::Private::open(const HarWaiting& first, qsizetype payloadLimit)
{
    const HarPlace& place = places[first.connection];
    if (place.offset < 0) {
        queue.push({std::max(first.key, place.closedKey), first.connection, HarStep::Kind::Closed, nullptr});
        return stepOf(HarStep::Kind::Opened, first.connection);
    }
    if (++openCursors > connectionsAtOnce)
        return failure(ErrorCode::Unsupported,
                       QStringLiteral("more than %1 connections at the same time").arg(connectionsAtOnce));
    const auto cursor = std::make_shared<HarCursor>(path, first.connection);
    cursor->key = first.key;
    if (auto ok = cursor->open(place); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = wait(cursor, payloadLimit); !ok)
        return tl::unexpected(ok.error());
    return stepOf(HarStep::Kind::Opened, first.connection);
}

Expected<HarStep*> HarCapture::next(qsizetype payloadLimit)
{
    if (d->queue.empty())
        return nullptr;
    const HarWaiting first = d->queue.top();
    d->queue.pop();
    if (first.kind == HarStep::Kind::Closed)
        return d->stepOf(first.kind, first.connection);
    if (first.kind == HarStep::Kind::Opened) {
        auto opened = d->open(first, payloadLimit);
        return opened ? opened : tl::unexpected(inFile(opened.error(), d->path));
    }
    (void)d->stepOf(HarStep::Kind::Message, first.connection);
    HarMessage& message = first.cursor->message;
    d->step.frame = std::move(message.frame);
    d->step.isOurs = message.isOurs;
    d->step.isComplete = message.isComplete;
    if (auto ok = d->wait(first.cursor, payloadLimit); !ok)
        return tl::unexpected(inFile(ok.error(), d->path));
    return &d->step;
}

} // namespace framescope
