#include "core/store/sessionwriter.h"

#include "core/base/boundedqueue.h"
#include "core/base/latencyhistogram.h"
#include "core/store/removedpayloads.h"
#include "core/store/sessionlock.h"
#include "core/store/sessionstorage.h"

#include <QFileInfo>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <variant>

namespace framescope {

namespace {

// A commit starts this long after the first thing that it will hold came, so that it is over within commitInterval
// where the disk is not slower than 50 ms.
constexpr std::chrono::milliseconds commitDelay{200};
constexpr std::chrono::milliseconds leastDelay{50}; // where that is over already, since the last commit was slow
constexpr std::size_t commitBytes = 64 * 1024 * 1024;
// So much came while the last things were being written: the stream is faster than small files can be made.
constexpr std::size_t hurryBytes = 4 * 1024 * 1024;
constexpr std::chrono::milliseconds idleWait{250};

using Clock = std::chrono::steady_clock;
constexpr Clock::time_point nothingToCommit = Clock::time_point::max();
using Item = std::variant<FrameBatchPtr, AuditEvent>;

std::size_t weightOf(const AuditEvent& event)
{
    return sizeof(Item) + std::size_t(event.object.size() + event.detail.size());
}

std::size_t weightOf(const std::vector<Item>& items)
{
    std::size_t weight = 0;
    for (const Item& item : items) {
        if (const auto* batch = std::get_if<FrameBatchPtr>(&item))
            weight += (*batch)->weightBytes();
    }
    return weight;
}

} // namespace

struct SessionWriter::Private
{
    QString path;
    SessionLock lock;
    std::unique_ptr<SessionStorage> storage; // the storage thread's own while that runs

    BoundedQueue<Item> queue{queueCapacityBytes};
    // Numbers are given in queue order: both happen under this mutex. Whoever finds the queue full waits without it, so
    // that an event of another thread can still slip in.
    std::mutex order;
    std::condition_variable room;
    quint64 lastSeq = 0;
    bool closed = false;
    FrameMarks marks;           ///< of all events that were queued
    AuditEvent proposedRemoval; ///< the one that may be queued
    std::atomic<quint64> queuedSeq{0};

    std::atomic<bool> failed{false};
    std::atomic<quint64> framesDropped{0};
    std::atomic<quint64> durableSeq{0};
    std::atomic<qint64> fileBytes{0};
    std::atomic<bool> removalRefused{false};
    std::atomic<quint64> payloadsRemoved{0};
    std::atomic<quint64> payloadBytesRemoved{0};
    std::atomic<quint64> payloadBytesKept{0};

    mutable std::mutex reportMutex; // what follows
    LatencyHistogram durable;
    std::optional<Error> error;
    std::optional<Error> anchorError;
    std::function<void(const Error&)> callback;
    std::function<void(const AuditEvent&)> removalCallback;
    bool callbackDone = false;
    std::shared_ptr<const SigningKey> offeredKey; ///< taken when the event that names it is written

    std::thread thread;

    void push(Item item, std::size_t weight, const std::function<void(Item&, quint64)>& number);
    [[nodiscard]] quint64 pushRemoval(AuditEvent event);
    void queued(quint64 seq);
    void run();
    void proposeRemoval();
    void removeTheRest();
    void finish();
    void report();
    void reportFile();
    [[nodiscard]] Expected<void> writeItem(const Item& item);
    [[nodiscard]] std::shared_ptr<const SigningKey> takeKey();
    [[nodiscard]] Expected<void> commit();
    void fail(const Error& reason);
    void drop(const Item& item);
    void tellOnce();
};

void SessionWriter::Private::queued(quint64 seq)
{
    lastSeq = std::max(lastSeq, seq);
    queuedSeq.store(lastSeq, std::memory_order_relaxed);
}

/// @p number gives the item the sequence number that it would get now; it is called again when the wait for room let
/// others go first.
void SessionWriter::Private::push(Item item, std::size_t weight, const std::function<void(Item&, quint64)>& number)
{
    std::unique_lock hold(order);
    for (;;) {
        number(item, lastSeq + 1);
        // After a failure nothing is queued any more: the storage thread itself may be the one that appends (its
        // callback records the failure), and it could not wait for itself.
        if (closed || failed.load()) {
            drop(item);
            break;
        }
        if (queue.tryPush(item, weight))
            break;
        room.wait_for(hold, std::chrono::milliseconds(50));
    }
    const auto* batch = std::get_if<FrameBatchPtr>(&item);
    if (!batch)
        marks.apply(std::get<AuditEvent>(item));
    queued(batch ? (*batch)->firstAuditSeq + (*batch)->size() - 1 : std::get<AuditEvent>(item).seq);
}

/// Only what was proposed, and only while no frame of it is marked: a mark that came before keeps its payload.
quint64 SessionWriter::Private::pushRemoval(AuditEvent event)
{
    const std::lock_guard hold(order);
    const bool isProposed = !event.detail.isEmpty() && event.detail == proposedRemoval.detail;
    const auto frames = removedFrames(event.detail);
    event.seq = lastSeq + 1;
    if (!isProposed || !frames || marks.hasAny(*frames) || marks.passedOver() > 0 || closed || failed.load() ||
        !queue.pushAnyway(event, weightOf(event))) {
        if (isProposed)
            removalRefused.store(true);
        return 0;
    }
    proposedRemoval = {};
    queued(event.seq);
    return event.seq;
}

void SessionWriter::Private::proposeRemoval()
{
    if (removalRefused.exchange(false))
        storage->cancelRemoval();
    if (failed.load() || !storage->isRemovalDue())
        return;
    FrameMarks kept;
    {
        const std::lock_guard hold(order);
        kept = marks;
    }
    const auto event = storage->proposeRemoval(kept);
    if (!event)
        return fail(event.error());
    if (!*event)
        return;
    {
        const std::lock_guard hold(order);
        proposedRemoval = **event;
    }
    std::function<void(const AuditEvent&)> tell;
    {
        const std::lock_guard hold(reportMutex);
        tell = removalCallback;
    }
    if (tell)
        tell(**event);
    else
        (void)pushRemoval(**event);
}

/// After the last item: nobody else gives numbers any more.
void SessionWriter::Private::removeTheRest()
{
    storage->cancelRemoval();
    FrameMarks kept;
    {
        const std::lock_guard hold(order);
        kept = marks;
    }
    while (storage->isRemovalDue()) {
        auto event = storage->proposeRemoval(kept);
        if (!event)
            return fail(event.error());
        if (!*event)
            return;
        (*event)->seq = storage->lastSeq() + 1;
        if (auto written = storage->write(**event); !written)
            return fail(written.error());
        const std::lock_guard hold(order);
        queued((*event)->seq);
    }
}

void SessionWriter::Private::run()
{
    std::vector<Item> items;
    auto commitAt = nothingToCommit;
    auto lookedAt = Clock::now();
    for (bool more = true; more;) {
        const Clock::duration wait =
            std::clamp<Clock::duration>(commitAt - Clock::now(), Clock::duration::zero(), idleWait);
        const bool isEmpty = queue.weight() == 0;
        more = queue.takeAll(items, wait);
        // What was there already came while the last things were being written and committed.
        const auto cameAt = isEmpty ? Clock::now() : lookedAt;
        lookedAt = Clock::now();
        {
            const std::lock_guard hold(order); // nobody is between "full" and waiting now
        }
        room.notify_all();
        storage->setPacking(weightOf(items) > hurryBytes ? Packing::Fast : Packing::Small);
        for (const Item& item : items) {
            if (failed.load()) {
                drop(item);
                continue;
            }
            if (auto written = writeItem(item); !written) {
                fail(written.error());
                continue;
            }
            if (commitAt == nothingToCommit)
                commitAt = std::max(cameAt + commitDelay, Clock::now() + leastDelay);
            if (storage->uncommittedBytes() >= commitBytes || Clock::now() >= commitAt) {
                if (auto committed = commit(); !committed)
                    fail(committed.error());
                commitAt = nothingToCommit;
            }
        }
        items.clear(); // batches go back now, not at the next round
        const bool isIdle = commitAt == nothingToCommit && !failed.load();
        if (auto there = isIdle ? storage->checkFileIsThere() : Expected<void>(); !there)
            fail(there.error()); // also a quiet stream's file may be removed
        if (Clock::now() >= commitAt || (isIdle && storage->isCheckpointDue())) {
            if (auto committed = commit(); !committed)
                fail(committed.error());
            commitAt = nothingToCommit;
        }
        proposeRemoval();
        tellOnce();
    }
    finish();
}

void SessionWriter::Private::finish()
{
    if (!failed.load())
        removeTheRest();
    if (!failed.load()) {
        if (auto committed = commit(); !committed)
            fail(committed.error());
    }
    if (!failed.load()) {
        if (auto finished = storage->finish(); !finished)
            fail(finished.error());
    }
    // What was removed since the last commit is not: the counts of that one stand.
    reportFile();
    tellOnce();
}

void SessionWriter::Private::report()
{
    const RetentionKeeper::Counts& retention = storage->retention();
    payloadsRemoved.store(retention.framesRemoved);
    payloadBytesRemoved.store(retention.bytesRemoved);
    payloadBytesKept.store(retention.bytesKept);
    reportFile();
}

void SessionWriter::Private::reportFile()
{
    fileBytes.store(storage->fileBytes());
    const std::lock_guard hold(reportMutex);
    anchorError = storage->anchorError();
}

Expected<void> SessionWriter::Private::writeItem(const Item& item)
{
    Expected<void> written;
    if (const auto* batch = std::get_if<FrameBatchPtr>(&item)) {
        written = storage->write(**batch);
        if (!written)
            // Frames of this batch that storage has not counted yet are lost with those that it has.
            framesDropped.fetch_add((*batch)->size());
    } else {
        const auto& event = std::get<AuditEvent>(item);
        written = storage->write(event);
        if (written && event.action == AuditAction::SigningKey)
            written = storage->useKey(takeKey());
    }
    return written;
}

std::shared_ptr<const SigningKey> SessionWriter::Private::takeKey()
{
    const std::lock_guard hold(reportMutex);
    return std::exchange(offeredKey, nullptr);
}

Expected<void> SessionWriter::Private::commit()
{
    if (failed.load() || !(storage->hasUncommitted() || storage->isCheckpointDue()))
        return {};
    std::vector<qint64> arrivals = storage->uncommittedArrivals();
    if (auto committed = storage->commit(); !committed)
        return committed;
    durableSeq.store(storage->lastSeq());
    report();
    const qint64 nowNs = monotonicNs();
    const std::lock_guard hold(reportMutex);
    for (const qint64 arrival : arrivals)
        durable.add(nowNs - arrival);
    return {};
}

void SessionWriter::Private::fail(const Error& reason)
{
    if (failed.exchange(true))
        return;
    framesDropped.fetch_add(storage->uncommittedFrames());
    storage->abandon();
    {
        const std::lock_guard hold(reportMutex);
        error = reason;
    }
    {
        const std::lock_guard hold(order);
    }
    room.notify_all();
}

void SessionWriter::Private::drop(const Item& item)
{
    if (const auto* batch = std::get_if<FrameBatchPtr>(&item))
        framesDropped.fetch_add((*batch)->size());
}

void SessionWriter::Private::tellOnce()
{
    std::function<void(const Error&)> tell;
    std::optional<Error> reason;
    {
        const std::lock_guard hold(reportMutex);
        if (!error || !callback || callbackDone)
            return;
        callbackDone = true;
        tell = callback;
        reason = error;
    }
    tell(*reason);
}

SessionWriter::SessionWriter(std::unique_ptr<Private> priv)
    : d(std::move(priv))
{
}

Expected<std::unique_ptr<SessionWriter>> SessionWriter::create(const QString& path, const SessionInfo& info,
                                                               const QString& anchorFolder)
{
    auto d = std::make_unique<Private>();
    d->path = QFileInfo(path).absoluteFilePath();
    if (auto made = makeSessionFolder(d->path); !made)
        return tl::unexpected(made.error());
    auto lock = SessionLock::acquire(d->path);
    if (!lock)
        return tl::unexpected(lock.error());
    d->lock = std::move(*lock);
    auto storage = SessionStorage::create(d->path, info, anchorFolder);
    if (!storage)
        return tl::unexpected(storage.error());
    d->storage = std::move(*storage);
    d->fileBytes.store(d->storage->fileBytes());
    Private* shared = d.get();
    d->thread = std::thread([shared] { shared->run(); });
    return std::unique_ptr<SessionWriter>(new SessionWriter(std::move(d)));
}

SessionWriter::~SessionWriter()
{
    (void)close();
}

quint64 SessionWriter::append(AuditEvent event)
{
    if (event.action == AuditAction::PayloadsRemoved)
        return d->pushRemoval(std::move(event));
    const std::size_t weight = weightOf(event);
    quint64 given = 0;
    d->push(std::move(event), weight, [&given](Item& item, quint64 seq) {
        given = seq;
        std::get<AuditEvent>(item).seq = seq;
    });
    return given;
}

void SessionWriter::append(const std::shared_ptr<FrameBatch>& batch)
{
    if (!batch || batch->isEmpty())
        return;
    d->push(FrameBatchPtr(batch), batch->weightBytes(), [&batch](Item&, quint64 seq) { batch->firstAuditSeq = seq; });
}

AuditEvent SessionWriter::useSigningKey(std::shared_ptr<const SigningKey> key, const QString& place)
{
    const PublicKey& publicKey = key->publicKey();
    const QByteArrayView raw(publicKey.raw().data(), qsizetype(publicKey.raw().size()));
    AuditEvent event = auditEvent(AuditAction::SigningKey, Severity::Note, place,
                                  {{QStringLiteral("algorithm"), QStringLiteral("Ed25519")}});
    // Not through auditEvent(): the redactor may take a long hexadecimal number for a secret.
    event.detail = "{\"algorithm\":\"Ed25519\",\"key_id\":\"" + toHex(publicKey.id()) + "\",\"public_key\":\"" +
                   raw.toByteArray().toHex() + "\"}";
    {
        const std::lock_guard hold(d->reportMutex);
        d->offeredKey = std::move(key);
    }
    event.seq = append(event);
    return event;
}

void SessionWriter::consumeBatch(const FrameBatchPtr& batch)
{
    if (batch && !batch->isEmpty())
        d->push(batch, batch->weightBytes(), [](Item&, quint64) {});
}

void SessionWriter::consumeEvent(const AuditEvent& event)
{
    d->push(event, weightOf(event), [](Item&, quint64) {});
}

void SessionWriter::onRemoval(std::function<void(const AuditEvent&)> callback)
{
    const std::lock_guard hold(d->reportMutex);
    d->removalCallback = std::move(callback);
}

void SessionWriter::onError(std::function<void(const Error&)> callback)
{
    const std::lock_guard hold(d->reportMutex);
    d->callback = std::move(callback);
}

WriterStatus SessionWriter::status() const
{
    WriterStatus status;
    status.durableSeq = d->durableSeq.load(); // before queuedSeq, which is then never behind it
    status.queuedSeq = d->queuedSeq.load();
    status.framesDropped = d->framesDropped.load();
    status.fileBytes = d->fileBytes.load();
    status.payloadsRemoved = d->payloadsRemoved.load();
    status.payloadBytesRemoved = d->payloadBytesRemoved.load();
    status.payloadBytesKept = d->payloadBytesKept.load();
    status.queueBytes = d->queue.weight();
    status.queueHighWater = d->queue.highWaterMark();
    const std::lock_guard hold(d->reportMutex);
    status.durableP50Ns = d->durable.percentile(0.50);
    status.durableP99Ns = d->durable.percentile(0.99);
    status.durableMaxNs = d->durable.max();
    status.error = d->error;
    status.anchorError = d->anchorError;
    return status;
}

QString SessionWriter::path() const
{
    return d->path;
}

Expected<void> SessionWriter::close()
{
    {
        const std::lock_guard hold(d->order);
        d->closed = true;
    }
    d->room.notify_all();
    d->queue.close();
    if (d->thread.joinable()) {
        d->thread.join();
        d->storage.reset(); // closes the file before the lock goes
        d->lock.release();
    }
    const std::lock_guard hold(d->reportMutex);
    if (d->error)
        return tl::unexpected(*d->error);
    return {};
}

} // namespace framescope
