#pragma once
/// Telephone audio to send: short PCMU clips that sound like two people who take turns, with the SHA-256 of each.
///
/// Made once from a seed and then read by every connection, so that neither sound nor digest costs anything per
/// message. Integer arithmetic only: floating point may differ in the last bit from one machine to the next, and the
/// same seed has to give the same bytes. Memory: 256 clips of 1600 bytes. Thread: any; immutable once made.
#include <QtGlobal>
#include <array>
#include <string>
#include <vector>

namespace framescope {

struct MediaClip
{
    quint8 channels = 1;
    std::string samples; ///< PCMU (G.711 mu-law), channels interleaved
    std::array<char, 32> sha256 = {};
};

class MediaClips
{
public:
    static constexpr std::size_t clipBytes = 1600; ///< 200 ms of mono at 8 kHz
    static constexpr std::size_t clipsPerKind = 128;

    explicit MediaClips(quint64 seed);

    [[nodiscard]] const MediaClip& mono(std::size_t index) const { return m_mono[index % clipsPerKind]; }
    [[nodiscard]] const MediaClip& stereo(std::size_t index) const { return m_stereo[index % clipsPerKind]; }

private:
    std::vector<MediaClip> m_mono;
    std::vector<MediaClip> m_stereo;
};

/// One sample of ITU-T G.711 mu-law.
[[nodiscard]] quint8 muLaw(int linear16);

} // namespace framescope
