// Short texts of HTTP and of addresses: dates, Retry-After, URLs, regions, topic names. The first byte says which.
#include "core/auth/retryafter.h"
#include "core/auth/urlpolicy.h"
#include "core/frame/topicname.h"
#include "core/genesys/regions.h"
#include "core/stream/handshakefailure.h"
#include "tests/fuzz/fuzzinput.h"

using namespace framescope;
using namespace framescope::fuzz;

namespace {

constexpr qint64 wallNowMs = 1'764'015'300'000; // 2025-11-24T20:15:00Z

void readTopic(QByteArrayView topic)
{
    (void)topicMatches(topic, topicTemplate(topic));
    for (const QByteArray& single : singleTopics(topic))
        require(!single.isEmpty() || topic.isEmpty(), "a topic stands for topics with names");
    (void)isSystemTopic(topic);
}

void readUrl(const QUrl& url)
{
    const Expected<QUrl> stream = checkedUrl(url, UrlUse::Stream);
    require(!stream || (stream->userInfo().isEmpty() &&
                        (stream->scheme() == QLatin1String("wss") || isLoopbackHost(stream->host()))),
            "a stream's address is encrypted or on this machine");
    (void)checkedUrl(url, UrlUse::Token);
    (void)GenesysHosts::fromGateway(url);
    require(!urlWithoutQuery(url).contains(u'?'), "a query is not shown");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    FuzzInput input(bytes, size);
    const quint8 which = input.take<quint8>();
    const QByteArrayView text = input.rest();
    const QString words = QString::fromUtf8(text);
    switch (which % 6) {
    case 0:
        (void)parseHttpDate(text, wallNowMs);
        break;
    case 1: {
        const auto wait = parseRetryAfter(text, wallNowMs);
        require(!wait || wait->count() >= 0, "a wait is not negative");
        break;
    }
    case 2:
        (void)httpStatusIn(words);
        break;
    case 3:
        readUrl(QUrl(words, which % 2 == 0 ? QUrl::StrictMode : QUrl::TolerantMode));
        break;
    case 4: {
        const QString domain = genesysDomain(words);
        (void)GenesysHosts::fromDomain(domain);
        break;
    }
    default:
        readTopic(text);
        break;
    }
    return 0;
}
