// The decoder, as the session drives it. Input: a byte of options, then messages between separators, each with its form
// in its first byte.
#include "core/base/resources.h"
#include "core/decode/jsonredactor.h"
#include "tests/fuzz/fuzzinput.h"
#include "tests/fuzz/judging.h"

#include <simdjson.h>

using namespace framescope;
using namespace framescope::fuzz;

namespace {

RedactionRules someRules()
{
    return RedactionRules::fromLines("a=/eventBody/*\nb=/id\nc=/*/*/name\nd=/agent\ne@v2.*=/metadata\nf=/topicName\n"
                                     "g=/sequence\nh=/0/*\ni=/type\n")
        .value();
}

/// What was JSON stays JSON; where no rule leads, every byte stays; what was taken out cannot be found again.
void requireSoundRedaction(QByteArrayView text, const RedactionRules& rules)
{
    simdjson::dom::parser parser;
    const simdjson::padded_string before(text.data(), std::size_t(text.size()));
    if (parser.parse(before).error() != simdjson::SUCCESS)
        return;
    JsonRedactor redactor(rules);
    std::vector<RedactedSpan> spans;
    require(redactor.find(text, redactor.all(), spans), "what the parser reads can be searched");
    std::vector<char> kept;
    redactor.appendWithout(text, spans, kept);
    require(kept.size() == redactor.sizeWithout(text, spans), "redacted text is as long as announced");
    const QByteArrayView after(kept.data(), qsizetype(kept.size()));
    require(!spans.empty() || after == text, "without a hit every byte stays");
    require(parser.parse(kept.data(), kept.size()).error() == simdjson::SUCCESS, "redacted JSON is JSON");
    std::vector<RedactedSpan> again;
    require(redactor.find(after, redactor.all(), again) && again.size() == spans.size(),
            "marks stand where values were");
    for (const RedactedSpan& span : again)
        require(after.sliced(span.offset, span.length) == redactor.mark(span.rule), "a mark stands for each value");
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    initResources();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    static const PayloadMatrix matrix = PayloadMatrix::builtIn().value();
    static const TopicSchemas topics = TopicSchemas::builtIn().value();
    static const RedactionRules rules = someRules();
    FuzzInput input(bytes, size);
    const quint8 choice = input.take<quint8>();
    DecoderOptions options;
    options.flagBytes = 2048;
    options.duplicateWindow = 16;
    options.keepPayload = (choice & 1) == 0;
    options.maskPersonal = (choice & 2) != 0;
    if ((choice & 4) != 0)
        options.topics = topics;
    if ((choice & 8) != 0)
        options.redaction = rules;
    Decoder decoder(matrix, options);
    FrameBatch batch;
    quint64 number = 0;
    while (!input.isEmpty()) {
        const Form form = Form(input.take<quint8>() % quint8(Form::Count_));
        const QByteArrayView part = input.part();
        judge(decoder, part, form, ++number, batch);
        requireSoundRedaction(part, rules);
    }
    require(batch.size() == number, "each message has a verdict");
    requireSound(batch);
    readAll(batch);
    return 0;
}
