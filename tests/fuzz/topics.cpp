// The service's list of topics with their schemas, and events judged by it. Input: the list, then messages between
// separators.
#include "core/base/resources.h"
#include "tests/fuzz/fuzzinput.h"
#include "tests/fuzz/judging.h"

using namespace framescope;
using namespace framescope::fuzz;

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    initResources();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    static const PayloadMatrix matrix = PayloadMatrix::builtIn().value();
    FuzzInput input(bytes, size);
    const Expected<TopicSchemas> topics = TopicSchemas::fromAvailableTopics(input.part().toByteArray());
    if (!topics) {
        require(!topics.error().detail.isEmpty(), "a list that is refused says why");
        return 0;
    }
    Decoder decoder(matrix, {.duplicateWindow = 16, .topics = *topics});
    FrameBatch batch;
    for (quint64 number = 1; !input.isEmpty(); ++number)
        judge(decoder, input.part(), Form::Text, number, batch);
    batch.types = decoder.typeNames();
    requireSound(batch);
    return 0;
}
