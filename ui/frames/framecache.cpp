#include "ui/frames/framecache.h"

#include "ui/frames/frameloader.h"

#include <QThread>
#include <QTimer>
#include <deque>
#include <list>
#include <map>
#include <set>

namespace framescope {

namespace {

struct Request
{
    quint64 key = 0;
    bool bySeq = false;
    friend auto operator<=>(const Request&, const Request&) = default;
};

constexpr std::size_t eventLimit = 100'000;
constexpr int retryMs = 300; // a frame that is not committed yet is, a commit interval later

} // namespace

struct FrameCache::Private
{
    struct Entry
    {
        FrameBatchPtr batch;
        std::size_t weight = 0;
        std::list<quint64>::iterator age;
    };

    FrameCache* owner = nullptr;
    QThread thread;
    FrameLoader* loader = nullptr;
    QTimer retry;
    std::size_t capacity = 0;
    std::size_t weight = 0;
    quint64 generation = 0;
    quint64 count = 0;
    QString path;

    // No entry covers another one, so that entries sorted by first number are sorted by last number too.
    std::map<quint64, Entry> byNumber;
    std::map<quint64, quint64> numberBySeq; ///< first audit sequence number -> first number
    std::list<quint64> ages;                ///< first numbers, most recently used first

    std::deque<Request> wanted; ///< newest last
    std::set<Request> absent;   ///< asked for in vain; asked again after a while
    std::set<quint64> events;   ///< audit sequence numbers that are no frame's
    bool loading = false;

    void insert(const FrameBatchPtr& batch);
    void removeEntry(std::map<quint64, Entry>::iterator entry);
    void shrink();
    void want(Request request);
    void askNext();
    void take(quint64 key, const FrameBatchPtr& batch, bool isEvent);
    void setCount(quint64 value);
    Row rowOf(std::map<quint64, Entry>::iterator entry, std::size_t index);
    std::map<quint64, Entry>::iterator holderOf(quint64 number);
};

std::map<quint64, FrameCache::Private::Entry>::iterator FrameCache::Private::holderOf(quint64 number)
{
    auto entry = byNumber.upper_bound(number);
    if (entry == byNumber.begin())
        return byNumber.end();
    --entry;
    return number <= entry->second.batch->lastNumber() ? entry : byNumber.end();
}

void FrameCache::Private::insert(const FrameBatchPtr& batch)
{
    if (!batch || batch->isEmpty())
        return;
    const auto holder = holderOf(batch->firstNumber());
    if (holder != byNumber.end() && holder->second.batch->lastNumber() >= batch->lastNumber())
        return; // all of it is here
    auto covered = byNumber.lower_bound(batch->firstNumber());
    while (covered != byNumber.end() && covered->second.batch->lastNumber() <= batch->lastNumber())
        removeEntry(covered++);
    ages.push_front(batch->firstNumber());
    const std::size_t own = batch->weightBytes();
    byNumber[batch->firstNumber()] = Entry{batch, own, ages.begin()};
    numberBySeq[batch->firstAuditSeq] = batch->firstNumber();
    weight += own;
}

void FrameCache::Private::removeEntry(std::map<quint64, Entry>::iterator entry)
{
    weight -= entry->second.weight;
    ages.erase(entry->second.age);
    numberBySeq.erase(entry->second.batch->firstAuditSeq);
    byNumber.erase(entry);
}

void FrameCache::Private::shrink()
{
    while (weight > capacity && byNumber.size() > 1)
        removeEntry(byNumber.find(ages.back()));
}

void FrameCache::Private::want(Request request)
{
    if (path.isEmpty() || absent.contains(request) || (request.bySeq && events.contains(request.key)))
        return;
    const auto known = std::find(wanted.begin(), wanted.end(), request);
    if (known != wanted.end())
        return;
    wanted.push_back(request);
    if (wanted.size() > requestLimit)
        wanted.pop_front();
    askNext();
}

void FrameCache::Private::askNext()
{
    if (loading || wanted.empty())
        return;
    loading = true;
    const Request request = wanted.back();
    QMetaObject::invokeMethod(loader, [target = loader, request] {
        if (request.bySeq)
            target->loadSeq(request.key);
        else
            target->loadNumber(request.key);
    });
}

void FrameCache::Private::take(quint64 key, const FrameBatchPtr& batch, bool isEvent)
{
    loading = false;
    // Only one request is under way, so the answer tells by its key which. Forgotten meanwhile: it still serves others.
    const auto asked = std::find_if(wanted.rbegin(), wanted.rend(), [key](const Request& r) { return r.key == key; });
    const Request request = asked == wanted.rend() ? Request{key, isEvent} : *asked;
    std::erase_if(wanted, [&](const Request& other) {
        if (other == request)
            return true;
        if (!batch)
            return false;
        const quint64 first = other.bySeq ? batch->firstAuditSeq : batch->firstNumber();
        return other.key >= first && other.key < first + batch->size();
    });
    if (batch && !batch->isEmpty()) {
        insert(batch);
        shrink();
        Q_EMIT owner->loaded(batch->firstNumber(), batch->lastNumber());
    } else if (isEvent) {
        if (events.size() >= eventLimit)
            events.clear();
        events.insert(key);
    } else {
        absent.insert(request);
        if (!retry.isActive())
            retry.start(retryMs);
    }
    askNext();
}

void FrameCache::Private::setCount(quint64 value)
{
    if (value <= count)
        return;
    count = value;
    Q_EMIT owner->frameCountChanged(count);
}

FrameCache::Row FrameCache::Private::rowOf(std::map<quint64, Entry>::iterator entry, std::size_t index)
{
    ages.splice(ages.begin(), ages, entry->second.age);
    return Row{entry->second.batch, index};
}

FrameCache::FrameCache(QObject* parent, std::size_t capacity)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->owner = this;
    d->capacity = capacity;
    d->loader = new FrameLoader;
    d->loader->moveToThread(&d->thread);
    connect(&d->thread, &QThread::finished, d->loader, &QObject::deleteLater);
    connect(d->loader, &FrameLoader::opened, this, [this](quint64 generation, quint64 frames) {
        if (generation == d->generation)
            d->setCount(frames);
    });
    connect(d->loader, &FrameLoader::loaded, this,
            [this](quint64 generation, quint64 key, const FrameBatchPtr& batch, bool isEvent) {
                if (generation == d->generation)
                    d->take(key, batch, isEvent);
            });
    connect(d->loader, &FrameLoader::failed, this, [this](quint64 generation, const QString& reason) {
        if (generation == d->generation)
            Q_EMIT failed(reason);
    });
    d->retry.setSingleShot(true);
    connect(&d->retry, &QTimer::timeout, this, [this] {
        const std::set<Request> again = std::exchange(d->absent, {});
        for (const Request& request : again)
            Q_EMIT loaded(request.bySeq ? 0 : request.key, request.bySeq ? 0 : request.key); // who still needs it asks
    });
    d->thread.setObjectName(QStringLiteral("frame loader"));
    d->thread.start();
}

FrameCache::~FrameCache()
{
    d->thread.quit();
    d->thread.wait();
}

void FrameCache::open(const QString& path)
{
    ++d->generation;
    d->path = path;
    d->byNumber.clear();
    d->numberBySeq.clear();
    d->ages.clear();
    d->wanted.clear();
    d->absent.clear();
    d->events.clear();
    d->retry.stop();
    d->loading = false;
    d->weight = 0;
    d->count = 0;
    QMetaObject::invokeMethod(
        d->loader, [loader = d->loader, path, generation = d->generation] { loader->open(path, generation); });
    Q_EMIT frameCountChanged(0);
}

void FrameCache::append(const std::vector<FrameBatchPtr>& batches)
{
    for (const FrameBatchPtr& batch : batches)
        d->insert(batch);
    d->shrink();
    if (!batches.empty())
        d->setCount(batches.back()->lastNumber());
}

FrameCache::Row FrameCache::find(quint64 number)
{
    if (const auto entry = d->holderOf(number); entry != d->byNumber.end())
        return d->rowOf(entry, std::size_t(number - entry->second.batch->firstNumber()));
    if (number > 0 && number <= d->count)
        d->want(Request{number, false});
    return {};
}

FrameCache::Row FrameCache::findBySeq(quint64 seq)
{
    auto known = d->numberBySeq.upper_bound(seq);
    if (known != d->numberBySeq.begin()) {
        --known;
        const auto entry = d->byNumber.find(known->second);
        if (entry != d->byNumber.end() && seq < known->first + entry->second.batch->size())
            return d->rowOf(entry, std::size_t(seq - known->first));
    }
    d->want(Request{seq, true});
    return {};
}

std::vector<FrameBatchPtr> FrameCache::newest() const
{
    std::vector<FrameBatchPtr> batches;
    quint64 expected = d->count;
    for (auto entry = d->byNumber.rbegin(); entry != d->byNumber.rend(); ++entry) {
        if (entry->second.batch->lastNumber() < expected)
            break;
        batches.push_back(entry->second.batch);
        expected = entry->second.batch->firstNumber() - 1;
    }
    std::reverse(batches.begin(), batches.end());
    return batches;
}

quint64 FrameCache::frameCount() const
{
    return d->count;
}

std::size_t FrameCache::weightBytes() const
{
    return d->weight;
}

QString FrameCache::path() const
{
    return d->path;
}

} // namespace framescope
