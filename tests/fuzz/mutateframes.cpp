// Random and mutated frames through the decoder, a fixed number from a seed: each gets a verdict, and whatever comes
// out is sound. Built with the sanitizers; see run.sh.
//
//   mutate_frames CORPUS_FOLDER [FRAMES] [SEED]
#include "core/base/resources.h"
#include "core/frame/findingcatalogue.h"
#include "tests/fuzz/fuzzinput.h"
#include "tests/fuzz/mutator.h"

#include <QDir>
#include <QFile>
#include <array>

using namespace framescope;
using namespace framescope::fuzz;

namespace {

constexpr quint64 batchFrames = 512;
constexpr quint64 defaultFrames = 50'000;

/// The messages of the decoder's corpus.
std::vector<MadeMessage> goodMessages(const QDir& folder)
{
    std::vector<MadeMessage> messages;
    for (const QString& name : folder.entryList(QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        const QByteArray bytes = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        FuzzInput input(reinterpret_cast<const quint8*>(bytes.constData()), std::size_t(bytes.size()));
        (void)input.take<quint8>();
        while (!input.isEmpty()) {
            const Form form = Form(input.take<quint8>() % quint8(Form::Count_));
            messages.push_back({form, input.part().toByteArray()});
        }
    }
    return messages;
}

/// A decoder of each kind that a session can have, with the numbers of its frames.
struct Lane
{
    explicit Lane(const DecoderOptions& options)
        : decoder(PayloadMatrix::builtIn().value(), options)
    {
    }
    Decoder decoder;
    quint64 lastNumber = 0;
};

class Tally
{
public:
    void add(const FrameBatch& batch)
    {
        for (const FrameHead& head : batch.heads)
            ++m_verdicts[std::size_t(head.verdict)];
        for (const Finding& finding : batch.findings)
            ++m_findings[std::size_t(finding.id)];
    }
    void print() const
    {
        std::printf("accepted %llu, warned %llu, refused %llu\n", m_verdicts[0], m_verdicts[1], m_verdicts[2]);
        for (const FindingInfo& info : findingCatalogue()) {
            if (const unsigned long long count = m_findings[std::size_t(info.id)]; count != 0)
                std::printf("  %-22s %llu\n", info.name, count);
        }
    }

private:
    std::array<unsigned long long, 3> m_verdicts{};
    std::array<unsigned long long, findingIdLimit> m_findings{};
};

} // namespace

int main(int argc, char** argv)
{
    initResources();
    std::vector<MadeMessage> good = goodMessages(QDir(QString::fromLocal8Bit(argc > 1 ? argv[1] : "")));
    if (good.empty()) {
        std::fputs("usage: mutate_frames CORPUS_FOLDER [FRAMES] [SEED]\n", stderr);
        return 2;
    }
    const quint64 frames = argc > 2 ? QByteArray(argv[2]).toULongLong() : defaultFrames;
    const quint64 seed = argc > 3 ? QByteArray(argv[3]).toULongLong() : 1;
    const TopicSchemas topics = TopicSchemas::builtIn().value();
    std::array<Lane, 4> lanes{Lane({.topics = {}}), Lane({.topics = topics}),
                              Lane({.keepPayload = false, .topics = topics}),
                              Lane({.topics = topics, .maskPersonal = true})};
    Mutator mutator(seed, std::move(good));
    Tally tally;
    for (quint64 done = 0; done < frames;) {
        Lane& lane = lanes[done / batchFrames % lanes.size()];
        FrameBatch batch;
        for (const quint64 end = std::min(done + batchFrames, frames); done < end; ++done) {
            const MadeMessage message = mutator.next();
            judge(lane.decoder, message.bytes, message.form, ++lane.lastNumber, batch);
            require(batch.heads.back().number == lane.lastNumber, "each frame has a verdict");
        }
        requireSound(batch);
        tally.add(batch);
    }
    std::printf("%llu frames of seed %llu, each judged:\n", static_cast<unsigned long long>(frames),
                static_cast<unsigned long long>(seed));
    tally.print();
    return 0;
}
