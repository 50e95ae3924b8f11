// The filter language, and what it made over frames of every kind.
#include "core/base/resources.h"
#include "core/filter/framefilter.h"
#include "tests/fuzz/fuzzinput.h"
#include "tests/fuzz/judging.h"

using namespace framescope;
using namespace framescope::fuzz;

namespace {

/// A good one, a refused one, a binary one, a notification.
FrameBatch someFrames()
{
    DecoderOptions options;
    options.topics = TopicSchemas::builtIn().value();
    Decoder decoder(PayloadMatrix::builtIn().value(), options);
    FrameBatch batch;
    judge(decoder, R"({"type":"keepalive"})", Form::Text, 1, batch);
    judge(decoder, R"({"type":"interaction.update","id":"Müller"})", Form::Text, 2, batch);
    judge(decoder, "TMED", Form::Binary, 3, batch);
    judge(decoder,
          R"({"topicName":"v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.presence","version":"2","eventBody":)"
          R"({"modifiedDate":"2026-01-05T10:00:01.000Z"},"metadata":{}})",
          Form::Text, 4, batch);
    return batch;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    initResources();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    static const FrameBatch frames = someFrames();
    const QString expression = QString::fromUtf8(reinterpret_cast<const char*>(bytes), qsizetype(size));
    const Expected<FrameFilter> filter = FrameFilter::parse(expression);
    if (!filter) {
        bool isNumber = false;
        const qlonglong column = filter.error().place.toLongLong(&isNumber);
        require(isNumber && column >= 1 && column <= expression.size() + 1, "an error names its column");
        return 0;
    }
    for (std::size_t i = 0; i < frames.size(); ++i)
        (void)filter->matches(frames, i);
    const Expected<FrameFilter> again = FrameFilter::parse(filter->expression());
    require(again && again->isEmpty() == filter->isEmpty(), "a filter's own words are a filter");
    return 0;
}
