#include "core/simulator/mediaclips.h"

#include "core/simulator/prng.h"

#include <algorithm>
#include <openssl/evp.h>

namespace framescope {

namespace {

constexpr int samplesPerSecond = 8000;

/// A sine from a parabola: close enough for a voice. @p phase turns once in 65,536; the result is -32,768 .. 32,768.
int wave(quint32 phase)
{
    const int half = int(phase & 0x7FFF);
    const int arc = (half * (0x8000 - half)) >> 13;
    return (phase & 0x8000) != 0 ? -arc : arc;
}

/// Somebody who speaks: syllables of a pitch with two formants that swell and fade, and pauses between them.
class Speaker
{
public:
    Speaker(quint64 seed, int lowestPitchHz)
        : m_prng(seed)
        , m_lowestPitchHz(lowestPitchHz)
    {
    }

    int nextSample()
    {
        if (m_left == 0)
            startNext();
        --m_left;
        const int noise = int(m_prng.below(17)) - 8; // a line is never quite silent
        if (!m_speaking)
            return noise;
        for (std::size_t i = 0; i < m_phases.size(); ++i)
            m_phases[i] += m_steps[i];
        const int tone = 5 * wave(m_phases[0]) + 2 * wave(m_phases[1]) + wave(m_phases[2]);
        // The syllable's envelope: half a turn of the wave from its first sample to its last.
        const int swell = wave(quint32((m_length - m_left) * 0x7FFF / m_length));
        return noise + int((qint64(tone) * swell) >> 19);
    }

private:
    void startNext()
    {
        // After a syllable mostly the next one, at times a pause, and now and then the other person's turn.
        m_speaking = !m_speaking || m_prng.below(4) != 0;
        const int pauseMs = m_prng.below(5) == 0 ? 900 : 120;
        const int milliseconds = m_speaking ? 70 + int(m_prng.below(180)) : 40 + int(m_prng.below(quint32(pauseMs)));
        m_length = m_left = milliseconds * samplesPerSecond / 1000;
        const int pitchHz = m_lowestPitchHz + int(m_prng.below(60));
        m_steps[0] = stepOf(pitchHz);
        m_steps[1] = stepOf(pitchHz * (3 + int(m_prng.below(4))));
        m_steps[2] = stepOf(pitchHz * (9 + int(m_prng.below(6))));
    }

    static quint32 stepOf(int hertz) { return quint32(hertz) * 0x10000 / samplesPerSecond; }

    Prng m_prng;
    int m_lowestPitchHz;
    bool m_speaking = false;
    int m_left = 0;
    int m_length = 1;
    std::array<quint32, 3> m_phases = {};
    std::array<quint32, 3> m_steps = {};
};

void stampDigest(MediaClip& clip)
{
    unsigned int size = 0;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    EVP_Digest(clip.samples.data(), clip.samples.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::copy_n(digest.begin(), clip.sha256.size(), clip.sha256.begin());
}

std::vector<MediaClip> record(std::vector<Speaker> speakers)
{
    std::vector<MediaClip> clips(MediaClips::clipsPerKind);
    for (MediaClip& clip : clips) {
        clip.channels = quint8(speakers.size());
        clip.samples.reserve(MediaClips::clipBytes);
        while (clip.samples.size() < MediaClips::clipBytes) {
            for (Speaker& speaker : speakers)
                clip.samples.push_back(char(muLaw(speaker.nextSample())));
        }
        stampDigest(clip);
    }
    return clips;
}

} // namespace

quint8 muLaw(int linear16)
{
    // G.711: a bias makes every segment start at a power of two; the code is sent inverted.
    constexpr int bias = 132;
    constexpr int clip = 32635;
    const bool negative = linear16 < 0;
    const int magnitude = std::min(negative ? -linear16 : linear16, clip) + bias;
    int segment = 7;
    for (int bit = 0x4000; segment > 0 && (magnitude & bit) == 0; bit >>= 1)
        --segment;
    const int mantissa = (magnitude >> (segment + 3)) & 0x0F;
    return quint8(~((negative ? 0x80 : 0x00) | (segment << 4) | mantissa));
}

MediaClips::MediaClips(quint64 seed)
    : m_mono(record({Speaker(seed ^ 0x6D6F6E6FU, 100)}))
    , m_stereo(record({Speaker(seed ^ 0x6C656674U, 100), Speaker(seed ^ 0x72696768U, 170)}))
{
}

} // namespace framescope
